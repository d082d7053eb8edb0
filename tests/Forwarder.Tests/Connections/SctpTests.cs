using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Connections;

/// <summary>SCTP through the director: states and times of the kernel, CRC32c when a port changes, both families.</summary>
public sealed class SctpTests
{
    private const byte Data = 0, Init = 1, InitAck = 2, Sack = 3, Abort = 6, Shutdown = 7, ShutdownAck = 8, Error = 9, CookieEcho = 10, CookieAck = 11, Complete = 14;

    [Theory]
    [InlineData("192.0.2.11:40001", "192.0.2.100:3868", "10.0.0.2:3869")]
    [InlineData("192.0.2.11:40001", "192.0.2.100:3868", "10.0.0.2:3868")]
    [InlineData("[2001:db8:c::11]:40001", "[2001:db8::100]:3868", "[fd00::2]:3869")]
    public void Association_FromInitToEnd_StatesTimesAndChecksums(string client, string service, string server)
    {
        TestDirector director = new();
        director.Service($"{service}/sctp", "rr", server);
        (bool FromClient, byte Chunk, ConnectionState State, uint Seconds, int Active)[] table =
        [
            (true, Init, ConnectionState.SctpInit1, 4, 0), (true, Init, ConnectionState.SctpInit, 61, 0),
            (false, InitAck, ConnectionState.SctpCookieSent, 61, 0), (true, CookieEcho, ConnectionState.SctpCookieReplied, 61, 0),
            (false, CookieAck, ConnectionState.SctpEstablished, 900, 1), (true, Data, ConnectionState.SctpEstablished, 900, 1),
            (false, Sack, ConnectionState.SctpEstablished, 900, 1), (true, Shutdown, ConnectionState.SctpShutdownReceived, 61, 0),
            (false, ShutdownAck, ConnectionState.SctpShutdownAckSent, 61, 0), (true, Complete, ConnectionState.SctpClosed, 61, 0),
        ];
        foreach ((bool fromClient, byte chunk, ConnectionState state, uint seconds, int active) in table)
        {
            byte[] left = director.Send(fromClient ? Wire.Sctp(client, service, Wire.Chunk(chunk)) : Wire.Sctp(server, client, Wire.Chunk(chunk)))!;
            Assert.Equal(fromClient ? $"{client} > {server} SCTP {chunk}" : $"{service} > {client} SCTP {chunk}", Wire.Describe(left));
            Assert.True(ReferenceChecksum.IsValid(left), state.ToString());
            ConnectionRecord record = Assert.Single(director.Connections());
            Assert.Equal((state, seconds * 1000), (record.State, record.RemainingMilliseconds));
            Assert.Equal(active, Assert.Single(director.Servers($"{service}/sctp")).ActiveConnections);
        }
    }

    [Fact]
    public void Crc_WrongBefore_StaysWrong()
    {
        TestDirector director = OneService();
        byte[] packet = Wire.Sctp("192.0.2.11:40001", "192.0.2.100:3868", Wire.Chunk(Init));
        packet[^1] ^= 1;
        byte[] left = director.Send(packet)!;
        Assert.False(ReferenceChecksum.IsValid(left));
        Assert.Equal(packet[28..32], left[28..32]);
    }

    [Theory]
    [InlineData(Data)]
    [InlineData(Abort)]
    [InlineData(CookieEcho)]
    public void Packet_OutOfTheBlue_OpensNothing(byte chunk)
    {
        TestDirector director = OneService();
        Assert.Equal("192.0.2.100 > 192.0.2.11 ICMP 3/3", director.Answer(Wire.Sctp("192.0.2.11:40001", "192.0.2.100:3868", Wire.Chunk(chunk))));
        Assert.Equal(0, director.Core.ConnectionCount);
    }

    [Fact]
    public void Abort_BundledBehindACookie_Closes()
    {
        TestDirector director = OneService();
        director.Send(Wire.Sctp("192.0.2.11:40001", "192.0.2.100:3868", Wire.Chunk(Init)));
        director.Send(Wire.Sctp("10.0.0.2:3869", "192.0.2.11:40001", Wire.Chunk(InitAck)));
        director.Send(Wire.Sctp("192.0.2.11:40001", "192.0.2.100:3868", Wire.Chunk(CookieEcho, 13), Wire.Chunk(Abort, 0)));
        Assert.Equal(ConnectionState.SctpClosed, Assert.Single(director.Connections()).State);
    }

    [Fact]
    public void Init_OnAClosedAssociation_ScheduledAfresh()
    {
        TestDirector director = new();
        director.Service("192.0.2.100:3868/sctp", "rr", "10.0.0.2:3869", "10.0.0.3:3869");
        byte[] init = Wire.Sctp("192.0.2.11:40001", "192.0.2.100:3868", Wire.Chunk(Init));
        string first = director.Answer(init);
        string server = first.Split(' ')[2];
        director.Send(Wire.Sctp(server, "192.0.2.11:40001", Wire.Chunk(InitAck)));
        director.Send(Wire.Sctp("192.0.2.11:40001", "192.0.2.100:3868", Wire.Chunk(Abort, 0)));
        Assert.NotEqual(first, director.Answer(init));
        Assert.Equal(2, director.Core.Counters.NewConnections);
    }

    [Fact]
    public void IcmpError_AboutAnAssociation_BothHeadersTranslated()
    {
        TestDirector director = OneService();
        byte[] sent = Wire.Sctp("192.0.2.11:40001", "192.0.2.100:3868", Wire.Chunk(Init));
        byte[] inside = director.Send(sent)!;
        byte[] error = director.Send(Wire.Icmp("10.0.0.2", "192.0.2.11", 3, 2, 0, inside))!;
        Assert.Equal("192.0.2.100 > 192.0.2.11 ICMP 3/2", Wire.Describe(error));
        Assert.True(ReferenceChecksum.IsValid(error));
        Assert.Equal(sent[12..28], error[40..56]);
    }

    [Fact]
    public void Masquerade_OwnAssociation_LeavesAndComesBack()
    {
        TestDirector director = TestDirector.Masquerading();
        Assert.Equal("192.0.2.100:9 > 198.51.100.1:3868 SCTP 1", director.Answer(Wire.Sctp("10.0.0.2:9", "198.51.100.1:3868", Wire.Chunk(Init))));
        byte[] taken = director.Send(Wire.Sctp("10.0.0.3:9", "198.51.100.1:3868", Wire.Chunk(Init)))!;
        Assert.True(ReferenceChecksum.IsValid(taken));
        string changed = Wire.Describe(taken).Split(' ')[0];
        Assert.NotEqual("192.0.2.100:9", changed);
        Assert.Equal("198.51.100.1:3868 > 10.0.0.3:9 SCTP 2", director.Answer(Wire.Sctp("198.51.100.1:3868", changed, Wire.Chunk(InitAck))));
    }

    /// <summary>Rows of the kernel's table that a whole association does not visit.</summary>
    [Theory]
    [InlineData(33, Error, true, 33)]
    [InlineData(37, InitAck, true, 38)]
    [InlineData(37, Abort, true, 44)]
    [InlineData(33, Abort, false, 44)]
    [InlineData(39, CookieAck, true, 40)]
    [InlineData(39, Error, true, 45)]
    [InlineData(35, Init, false, 37)]
    [InlineData(40, Init, false, 40)]
    [InlineData(41, Init, false, 37)]
    [InlineData(44, CookieEcho, false, 44)]
    [InlineData(41, CookieEcho, false, 41)]
    [InlineData(45, CookieEcho, false, 45)]
    [InlineData(38, CookieEcho, false, 39)]
    [InlineData(41, CookieAck, false, 41)]
    [InlineData(40, Shutdown, false, 41)]
    [InlineData(42, Shutdown, false, 42)]
    [InlineData(42, ShutdownAck, false, 43)]
    [InlineData(40, ShutdownAck, false, 40)]
    [InlineData(43, Complete, false, 43)]
    [InlineData(34, Complete, true, 45)]
    [InlineData(44, Init, true, 34)]
    public void Next_RowOfTheTable_AsTheKernel(byte state, byte chunk, bool byInitiator, byte expected)
    {
        Packet packet = default;
        SctpChunks.Read([.. new byte[12], .. Wire.Chunk(chunk)], ref packet);
        Assert.Equal((ConnectionState)expected, SctpStates.Next((ConnectionState)state, packet.SctpEvent, byInitiator));
    }

    private static TestDirector OneService() => new TestDirector().Service("192.0.2.100:3868/sctp", "rr", "10.0.0.2:3869");
}
