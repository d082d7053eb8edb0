using System.Net;
using System.Text;
using HaLvs.Director.Drills.Traffic;

namespace HaLvs.Director.Tests.Drills.Traffic;

public class HttpConversationTests
{
    private const string Right = "HTTP/1.1 200 OK\r\nServer: s\r\ncontent-length: 5\r\n\r\nhello";

    [Fact]
    public void Write_Request_HasHostAndFits()
    {
        byte[] buffer = new byte[Conversation.MaximumMessageBytes];
        HttpConversation conversation = new(new IPEndPoint(IPAddress.Parse("2001:db8:1111:2222:3333:4444:5555:6666"), 65_535), uint.MaxValue);

        string request = Encoding.ASCII.GetString(buffer, 0, conversation.Write(buffer));

        Assert.StartsWith("GET / HTTP/1.1\r\nHost: [2001:db8:1111:2222:3333:4444:5555:6666]:65535\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", request, StringComparison.Ordinal);
        Assert.False(conversation.CanWrite);
    }

    [Fact]
    public void Read_ByteByByte_OneAnswer()
    {
        HttpConversation conversation = Asked();

        Assert.Equal(1, Encoding.ASCII.GetBytes(Right).Sum(b => conversation.Read([b]).Answers));
        Assert.True(conversation.CanWrite);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1, 0, false, false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab", 1, 0, true, false)]
    [InlineData("HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nab", 0, 1, false, false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 0, 1, false, true)]
    [InlineData("SSH-2.0-x\r\n\r\n", 0, 1, false, true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nX", 1, 1, false, true)]
    public void Read_Answer_Judged(string answer, int answers, int corrupted, bool closes, bool broken)
    {
        Reading reading = Asked().Read(Encoding.ASCII.GetBytes(answer));

        Assert.Equal((answers, corrupted, closes, broken), (reading.Answers, reading.Corrupted, reading.Closes, reading.Broken is not null));
    }

    [Fact]
    public void Read_EndlessHeader_Broken() =>
        Assert.NotNull(Asked().Read(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nX: " + new string('x', 9_000))).Broken);

    private static HttpConversation Asked()
    {
        HttpConversation conversation = new(new IPEndPoint(IPAddress.Loopback, 80), 1);
        conversation.Write(new byte[Conversation.MaximumMessageBytes]);
        return conversation;
    }
}
