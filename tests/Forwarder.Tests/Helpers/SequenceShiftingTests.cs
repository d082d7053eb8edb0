using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Helpers;

/// <summary>Segments of a flow whose two directions are shifted, through the whole pipeline.</summary>
public sealed class SequenceShiftingTests
{
    private const string Client = "192.0.2.11:40001";
    private const string Service = "192.0.2.100:80";
    private const string Server = "10.0.0.2:80";

    private static readonly SequenceShift OfClient = new(0, 700, 700);
    private static readonly SequenceShift OfServer = new(5036, 0, 2);

    [Fact]
    public void Apply_BothDirections_NumbersMoveAndChecksumsHold()
    {
        TestDirector director = Shifted();
        Assert.Equal(
            Wire.Tcp(Client, Server, "PA", "data", seq: 1700, ack: 5036, ttl: 63),
            director.Send(Wire.Tcp(Client, Service, "PA", "data", seq: 1000, ack: 5038)));
        Assert.Equal(
            Wire.Tcp(Service, Client, "PA", "data", seq: 5042, ack: 1004, ttl: 63),
            director.Send(Wire.Tcp(Server, Client, "PA", "data", seq: 5040, ack: 1704)));
    }

    [Fact]
    public void Apply_NoAckFlag_AcknowledgementIsLeftAlone()
    {
        byte[] left = Shifted().Send(Wire.Tcp(Server, Client, "R", seq: 5040))!;
        Assert.Equal((5042u, 0u), (Number(left, 24), Number(left, 28)));
    }

    [Theory]
    [InlineData("0101050a000013be000013c3", "0101050a000013bc000013c1")]
    [InlineData("01050a000013be000013c300", "01050a000013bc000013c100")]
    [InlineData("050a000013be000013c30101", "050a000013bc000013c10101")]
    [InlineData("0101050600013be000013c31", "0101050600013be000013c31")]
    [InlineData("010105ff000013be000013c3", "010105ff000013be000013c3")]
    [InlineData("08000000000000000505050a", "08000000000000000505050a")]
    [InlineData("0105120000138400001388000013c3000013f400", "0105120000138400001388000013c1000013f200")]
    public void Apply_SelectiveAcknowledgements_BlocksMoveLikeTheAcknowledgement(string options, string expected)
    {
        byte[] left = Shifted().Send(WithOptions(Wire.Tcp(Client, Service, "A", seq: 1000, ack: 5049), options))!;
        Assert.Equal(expected, Convert.ToHexString(left.AsSpan(40)).ToLowerInvariant());
        Assert.True(ReferenceChecksum.IsValid(left));
    }

    [Fact]
    public void Apply_WrongChecksum_StaysWrong()
    {
        byte[] packet = Wire.Tcp(Client, Service, "PA", "data", ack: 5049);
        packet[^1] ^= 1;
        Assert.False(ReferenceChecksum.IsValid(Shifted().Send(packet)!));
    }

    [Fact]
    public void Apply_PartialChecksum_KeepsThePseudoHeaderSum()
    {
        TestDirector director = Shifted();
        director.Virtio = [1, 0, 0, 0, 0, 0, 20, 0, 16, 0];
        byte[] packet = Wire.Tcp(Client, Service, "PA", "data", seq: 1000, ack: 5049);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(36), (ushort)~ReferenceChecksum.Of([], ReferenceChecksum.Pseudo(packet)));
        byte[] left = director.Send(packet)!;
        Assert.Equal((1700u, 5047u), (Number(left, 24), Number(left, 28)));
        Assert.Equal((ushort)~ReferenceChecksum.Of([], ReferenceChecksum.Pseudo(left)), BinaryPrimitives.ReadUInt16BigEndian(left.AsSpan(36)));
    }

    [Fact]
    public void ApplyRemote_KnownFlow_TakesOverItsShifts()
    {
        TestDirector director = Shifted();
        ConnectionRecord record = Assert.Single(director.Connections());
        SequenceShift newer = new(6000, 2, 5);
        Assert.True(director.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, record with { ServerShift = newer }), director.Now));
        Assert.Equal((OfClient, newer), Assert.Single(director.Connections()) is var c ? (c.ClientShift, c.ServerShift) : default);
    }

    private static TestDirector Shifted()
    {
        TestDirector director = new TestDirector().Service($"{Service}/tcp", "rr", Server);
        director.Send(Wire.Tcp(Client, Service, "S"));
        ConnectionRecord record = director.Connections()[0] with { State = ConnectionState.Established, ClientShift = OfClient, ServerShift = OfServer };
        director.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, record), director.Now);
        return director;
    }

    private static uint Number(byte[] packet, int at) => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(at));

    private static byte[] WithOptions(byte[] packet, string options)
    {
        byte[] bytes = Convert.FromHexString(options);
        byte[] longer = [.. packet, .. bytes];
        BinaryPrimitives.WriteUInt16BigEndian(longer.AsSpan(2), (ushort)longer.Length);
        longer[32] = (byte)((20 + bytes.Length) / 4 << 4);
        Wire.WriteHeaderChecksum(longer);
        longer[36] = longer[37] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(longer.AsSpan(36), ReferenceChecksum.Of(longer.AsSpan(20), ReferenceChecksum.Pseudo(longer)));
        return longer;
    }
}
