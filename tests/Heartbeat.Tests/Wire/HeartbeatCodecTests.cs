using System.Globalization;
using System.Runtime.CompilerServices;
using HaLvs.Heartbeat.Roles;
using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat.Tests.Wire;

public sealed class HeartbeatCodecTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] OtherKey = [.. Enumerable.Range(100, 32).Select(i => (byte)i)];

    private static readonly HeartbeatMessage Example = new()
    {
        Role = Role.Active,
        Flags = HeartbeatBits.Holding | HeartbeatBits.HasTable | HeartbeatBits.HearsYou,
        PingsAnswering = 1,
        PingsConfigured = 2,
        Cluster = HeartbeatCodec.NameHash("web"),
        Sender = HeartbeatCodec.NameHash("director-a"),
        Incarnation = 3,
        BootId = 0x0102030405060708,
        Nonce = 0x1112131415161718,
        Echo = 0x2122232425262728,
        Sequence = 42,
        EpochKnown = 8,
        EpochHeld = 8,
        ConfigurationHash = 0x3132333435363738,
    };

    [Fact]
    public void Encode_ExampleOfTheDocument_SameBytes()
    {
        var bytes = new HeartbeatCodec([Key]).Encode(Example);
        Assert.Equal(VectorOfTheDocument(), Convert.ToHexString(bytes).ToLower(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Decode_Encoded_SameMessage()
    {
        var codec = new HeartbeatCodec([Key]);
        var message = Example with { Request = 5, RequestEpoch = 9, Granted = 6, GrantedTo = 7, GrantedEpoch = 11 };
        Assert.Equal(RejectReason.None, codec.Decode(codec.Encode(message), out var decoded));
        Assert.Equal(message, decoded);
    }

    [Fact]
    public void Decode_AnyByteChanged_Rejected()
    {
        var codec = new HeartbeatCodec([Key]);
        var bytes = codec.Encode(Example);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x40;
            Assert.Equal(i == 0 ? RejectReason.Version : RejectReason.Signature, codec.Decode(bytes, out _));
            bytes[i] ^= 0x40;
        }
    }

    [Fact]
    public void Decode_EveryWrongLength_Rejected()
    {
        var codec = new HeartbeatCodec([Key]);
        byte[] bytes = [.. codec.Encode(Example), .. new byte[40]];
        for (var length = 0; length < bytes.Length; length++)
            Assert.Equal(length == HeartbeatCodec.MessageBytes, codec.Decode(bytes.AsSpan(0, length), out _) == RejectReason.None);
    }

    [Fact]
    public void Decode_SignedWithSecondKey_Accepted() =>
        Assert.Equal(RejectReason.None, new HeartbeatCodec([Key, OtherKey]).Decode(new HeartbeatCodec([OtherKey]).Encode(Example), out _));

    [Fact]
    public void Decode_SignedWithForeignKey_Rejected() =>
        Assert.Equal(RejectReason.Signature, new HeartbeatCodec([Key]).Decode(new HeartbeatCodec([OtherKey]).Encode(Example), out _));

    [Fact]
    public void New_NoKeyOrShortKey_Throws()
    {
        Assert.Throws<ArgumentException>(() => new HeartbeatCodec([]));
        Assert.Throws<ArgumentException>(() => new HeartbeatCodec([new byte[8]]));
    }

    private static string VectorOfTheDocument([CallerFilePath] string here = "")
    {
        var document = Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "wire", "heartbeat.md");
        var lines = File.ReadAllLines(document).SkipWhile(line => line != "```vector").Skip(1).TakeWhile(line => line != "```");
        return string.Concat(lines).Replace(" ", "", StringComparison.Ordinal);
    }
}
