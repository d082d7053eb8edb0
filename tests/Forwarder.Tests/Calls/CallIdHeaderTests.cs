using System.Text;
using HaLvs.Forwarder.Calls;

namespace HaLvs.Forwarder.Tests.Calls;

public sealed class CallIdHeaderTests
{
    private const string Start = "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.11\r\n";

    [Theory]
    [InlineData("Call-ID: a84b4c76e66710@pc33.example.com\r\n", "a84b4c76e66710@pc33.example.com")]
    [InlineData("CALL-id:x\r\n", "x")]
    [InlineData("i: f81d4fae-7dec-11d0@192.0.2.4\r\n", "f81d4fae-7dec-11d0@192.0.2.4")]
    [InlineData("I \t:\t y\r\n", "y")]
    [InlineData("Call-ID \t :z \t\r\n", "z")]
    [InlineData("Call-ID:\r\n  folded@host\r\n", "folded@host")]
    [InlineData("Call-ID: old\nX: y\n", "old")]
    [InlineData("Call-ID: older\rX: y\r", "older")]
    [InlineData("Call-ID: -.!%*_+`'~()<>:\\\"/[]?{}@-.!%*_+`'~()<>:\\\"/[]?{}\r\n", "-.!%*_+`'~()<>:\\\"/[]?{}@-.!%*_+`'~()<>:\\\"/[]?{}")]
    [InlineData("Call-ID: @nobody\r\nCall-ID: second\r\n", "second")]
    [InlineData("Call-ID: half@\r\ni: whole\r\n", "whole")]
    [InlineData("Call-ID: one\r\nCall-ID: two\r\n", "one")]
    [InlineData("Call-ID-Not: no\r\nCall-ID: yes\r\n", "yes")]
    [InlineData("X: y\r\n Call-ID: folded-away\r\nCall-ID: real\r\n", "real")]
    [InlineData("Call-ID: cut-off", "")]
    [InlineData("Call-ID: cut-off ", "")]
    [InlineData("Call-ID: two words\r\n", "")]
    [InlineData("Call-ID: a,b\r\n", "")]
    [InlineData("Call-ID:\r\nX: y\r\n", "")]
    [InlineData("Call-ID\r\n", "")]
    [InlineData("ID: x\r\n", "")]
    [InlineData("\r\nCall-ID: in-the-body\r\n", "")]
    [InlineData("", "")]
    public void Find_HeaderLine_CallIdOrNothing(string lines, string expected)
    {
        Assert.Equal(expected, Find(Start + lines));
        Assert.Equal(expected, Find("\r\n\r\n" + Start + lines)); // RFC 3261 section 7.5: empty lines before the start line.
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData("Call-ID: on-the-start-line\r\n")]
    [InlineData("\0\0\0\0")]
    public void Find_NoHeaders_Nothing(string message) => Assert.Equal("", Find(message));

    [Theory]
    [InlineData(255, 255)]
    [InlineData(256, 0)]
    [InlineData(2000, 0)]
    public void Find_LongestIs255(int length, int expected) => Assert.Equal(expected, Find($"{Start}Call-ID: {new string('c', length)}\r\n").Length);

    /// <summary>Every prefix of a message, and every message with one byte changed: never a throw, never another's text, never more than is there.</summary>
    [Fact]
    public void Find_DamagedMessages_NothingOrAPartOfThem()
    {
        byte[] message = Encoding.ASCII.GetBytes(Start + "Call-ID: a84b4c76e66710@pc33.example.com\r\nContent-Length: 0\r\n\r\n");
        int found = 0;
        for (int length = 0; length <= message.Length; length++)
        {
            string id = Encoding.ASCII.GetString(CallIdHeader.Find(message.AsSpan(0, length)));
            Assert.True(id is "" or "a84b4c76e66710@pc33.example.com", id);
            found += id.Length > 0 ? 1 : 0;
        }

        Assert.Equal(23, found); // From its CR on: one more for each byte.
        Random random = new(5);
        for (int i = 0; i < 200_000; i++)
        {
            byte[] copy = [.. message];
            for (int n = random.Next(1, 4); n > 0; n--)
            {
                copy[random.Next(copy.Length)] = (byte)random.Next(256);
            }

            ReadOnlySpan<byte> id = CallIdHeader.Find(copy.AsSpan(0, random.Next(copy.Length + 1)));
            Assert.True(id.Length <= 255 && !id.ContainsAnyExceptInRange((byte)'!', (byte)'~'));
        }
    }

    [Fact]
    public void Digest_SameOnBothNodes_OfTextAndOfBytes()
    {
        Assert.Equal(CallDigest.Of("a84b4c76e66710"), CallDigest.Of("a84b4c76e66710"u8));
        Assert.True(CallDigest.Of("").IsNone && CallDigest.Of((string?)null).IsNone);
        Assert.NotEqual(CallDigest.Of("a"), CallDigest.Of("a\0"));
        Assert.Equal(new CallDigest(4270814228604365244, 16411589764934742943), CallDigest.Of("call")); // It travels: a change splits a pair of neighbouring versions.
    }

    private static string Find(string message) => Encoding.Latin1.GetString(CallIdHeader.Find(Encoding.Latin1.GetBytes(message)));
}
