using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Connections;

/// <summary>Verification tags (RFC 9260 sections 8.5 and 8.5.1): what its receiver discards changes nothing here either, and goes on to the receiver.</summary>
public sealed class SctpTrackingTests
{
    private const byte Data = 0, Init = 1, InitAck = 2, Abort = 6, Shutdown = 7, ShutdownAck = 8, Error = 9, CookieEcho = 10, CookieAck = 11, Complete = 14;
    private const byte Reflected = 1;
    private const uint ToClient = 0xc11e_0001, ToServer = 0x5e12_0002, Forged = 0xf0f0_f0f0;
    private const string Client = "192.0.2.11:40001", Service = "192.0.2.100:3868", Server = "10.0.0.2:3869";

    [Theory]
    [InlineData(Abort, 0, ToServer, ToClient)]
    [InlineData(Abort, Reflected, ToClient, ToServer)]
    [InlineData(Abort, 0, Forged, Forged)]
    [InlineData(Abort, Reflected, Forged, Forged)]
    [InlineData(Complete, 0, Forged, Forged)]
    [InlineData(Complete, Reflected, ToServer, ToClient)]
    [InlineData(Shutdown, 0, Forged, Forged)]
    [InlineData(Shutdown, 0, ToClient, ToServer)]
    [InlineData(ShutdownAck, 0, Forged, Forged)]
    [InlineData(Error, 0, Forged, Forged)]
    [InlineData(Abort, 0, 0u, 0u)]
    [InlineData(Init, 0, Forged, Forged)]
    public void Established_ChunkOfAnyTag_OnlyTheReceiversCounts(byte chunk, byte flags, uint byClient, uint byServer)
    {
        foreach (bool fromClient in new[] { true, false })
        {
            TestDirector director = Established();
            director.Now += 100_000;
            uint tag = fromClient ? byClient : byServer;
            Assert.NotNull(Send(director, fromClient, tag, Wire.Chunk(chunk, 12, flags)));
            bool right = tag == (flags == Reflected ? (fromClient ? ToClient : ToServer) : fromClient ? ToServer : ToClient);
            ConnectionRecord record = Assert.Single(director.Connections());
            Assert.Equal(right, record.State != ConnectionState.SctpEstablished);
            Assert.Equal(right ? 0 : 1, director.Core.Counters.IgnoredTags);
            Assert.True(right || record.RemainingMilliseconds == 800_000, "It kept the connection alive.");
        }
    }

    [Fact]
    public void Shutdown_RightTags_Closes()
    {
        TestDirector director = Established();
        Send(director, true, ToServer, Wire.Chunk(Shutdown));
        Send(director, false, ToClient, Wire.Chunk(ShutdownAck));
        Send(director, true, ToClient, Wire.Chunk(Complete, 0, Reflected));
        Assert.Equal(ConnectionState.SctpClosed, Assert.Single(director.Connections()).State);
        Assert.Equal(0, director.Core.Counters.IgnoredTags);
    }

    [Fact]
    public void Abort_OfAnInit_CarriesItsTag()
    {
        TestDirector director = Director();
        Send(director, true, 0, Wire.Chunk(Init, initiateTag: ToClient));
        Send(director, true, Forged, Wire.Chunk(Abort, 0));
        Send(director, false, Forged, Wire.Chunk(Abort, 0));
        Assert.Equal(ConnectionState.SctpInit1, Assert.Single(director.Connections()).State);
        Send(director, false, ToClient, Wire.Chunk(Abort, 0));
        Assert.Equal(ConnectionState.SctpRejected, Assert.Single(director.Connections()).State);
    }

    [Fact]
    public void Restart_NewInitAnsweredAndEchoed_NewTagsHold()
    {
        TestDirector director = Established();
        Send(director, true, 0, Wire.Chunk(Init, initiateTag: 71));
        Send(director, false, 71, Wire.Chunk(InitAck, initiateTag: 72));
        Send(director, true, 72, Wire.Chunk(CookieEcho));
        Send(director, false, 71, Wire.Chunk(CookieAck));
        Assert.Equal((71u, 72u), Tags(director));
        Send(director, true, ToServer, Wire.Chunk(Abort, 0));
        Assert.Equal((ConnectionState.SctpEstablished, 1), (Assert.Single(director.Connections()).State, director.Core.Counters.IgnoredTags));
        Send(director, false, 71, Wire.Chunk(Abort, 0));
        Assert.Equal(ConnectionState.SctpClosed, Assert.Single(director.Connections()).State);
    }

    [Fact]
    public void ForgedInit_BetweenTheStepsOfTheTrueOne_TagsAreTheTrueOnes()
    {
        TestDirector director = Director();
        byte[] forged = Wire.Chunk(Init, initiateTag: Forged);
        Send(director, true, 0, forged);
        Send(director, true, 0, Wire.Chunk(Init, initiateTag: ToClient));
        Send(director, false, ToClient, Wire.Chunk(InitAck, initiateTag: ToServer));
        Send(director, true, ToServer, Wire.Chunk(CookieEcho));
        Send(director, true, 0, forged);
        Send(director, false, ToClient, Wire.Chunk(CookieAck));
        Send(director, true, 0, forged);
        Send(director, true, ToServer, Wire.Chunk(Data));
        Assert.Equal((ToClient, ToServer), Tags(director));
        Assert.Equal(0, director.Core.Counters.IgnoredTags);
    }

    [Fact]
    public void Init_SentAgainAndAnsweredTwice_TheSecondAnswersTagHoldsWhenEchoed()
    {
        TestDirector director = Director();
        for (uint round = 0; round < 2; round++)
        {
            Send(director, true, 0, Wire.Chunk(Init, initiateTag: ToClient));
            Send(director, false, ToClient, Wire.Chunk(InitAck, initiateTag: ToServer + round));
        }

        Send(director, true, ToServer + 1, Wire.Chunk(CookieEcho));
        Assert.Equal((ToClient, ToServer + 1), Tags(director));
    }

    [Theory]
    [InlineData(0x0001u, 20)]
    [InlineData(0u, 0)]
    public void Init_ThatItsReceiverDiscards_OpensNothing(uint tag, uint initiateTag)
    {
        TestDirector director = Director();
        Send(director, true, tag, Wire.Chunk(Init, initiateTag: initiateTag));
        Assert.Equal(0, director.Core.ConnectionCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Takeover_TagsTravel_UnknownOnesAreNotHeldAgainstAnybody(bool knows)
    {
        ConnectionRecord record = Assert.Single(Established().Connections());
        TestDirector standby = Director();
        Assert.True(standby.Core.ApplyRemote(
            new ConnectionChange(ConnectionChangeKind.Upsert, knows ? record : record with { ClientTag = 0, ServerTag = 0 }), standby.Now));
        Send(standby, true, Forged, Wire.Chunk(Data));
        Assert.Equal(knows ? 1 : 0, standby.Core.Counters.IgnoredTags);
        Send(standby, true, Forged, Wire.Chunk(Abort, 0));
        Assert.Equal(knows ? ConnectionState.SctpEstablished : ConnectionState.SctpClosed, Assert.Single(standby.Connections()).State);
    }

    [Fact]
    public void Takeover_NewTagsInAnEstablishedAssociation_StandbyIsTold()
    {
        TestDirector director = Established();
        director.Core.EnableChangeLog(true);
        Send(director, true, 0, Wire.Chunk(Init, initiateTag: 71));
        Send(director, false, 71, Wire.Chunk(InitAck, initiateTag: 72));
        Assert.False(director.Core.HasChanges);
        Send(director, true, 72, Wire.Chunk(CookieEcho));
        ConnectionChange[] changes = new ConnectionChange[4];
        Assert.Equal(1, director.Core.TakeChanges(changes, director.Now));
        Assert.Equal((71u, 72u), (changes[0].Record.ClientTag, changes[0].Record.ServerTag));
    }

    [Fact]
    public void TcpConnection_RecordOfAPeer_NumbersStayWhatTheyAre()
    {
        TestDirector director = new TestDirector().Service("192.0.2.100:80/tcp", "rr", "10.0.0.2:80");
        Guard.TcpTalk talk = new Guard.TcpTalk(director).Open();
        ConnectionRecord record = Assert.Single(director.Connections());
        Assert.Equal((0u, 0u), (record.ClientTag, record.ServerTag));
        director.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, record), director.Now);
        talk.ForgedByClient("R", talk.ClientNext + 2_000_000_000);
        Assert.Equal(1, director.Core.Counters.IgnoredResets);
    }

    private static (uint, uint) Tags(TestDirector director) => Assert.Single(director.Connections()) is var c ? (c.ClientTag, c.ServerTag) : default;

    private static byte[]? Send(TestDirector director, bool fromClient, uint tag, byte[] chunk) =>
        director.Send(fromClient ? Wire.SctpTagged(Client, Service, tag, chunk) : Wire.SctpTagged(Server, Client, tag, chunk));

    private static TestDirector Established()
    {
        TestDirector director = Director();
        Send(director, true, 0, Wire.Chunk(Init, initiateTag: ToClient));
        Send(director, false, ToClient, Wire.Chunk(InitAck, initiateTag: ToServer));
        Send(director, true, ToServer, Wire.Chunk(CookieEcho));
        Send(director, false, ToClient, Wire.Chunk(CookieAck));
        Assert.Equal((ToClient, ToServer), Tags(director));
        return director;
    }

    private static TestDirector Director() => new TestDirector().Service($"{Service}/sctp", "rr", Server);
}
