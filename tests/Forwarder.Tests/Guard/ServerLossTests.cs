using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Guard;

/// <summary>A server that is lost: both ends of its connections are told at once, with resets that they must obey.</summary>
public sealed class ServerLossTests
{
    private const string Client = "192.0.2.11:40001";
    private const string Server = "10.0.0.2:80";
    private const string Web = "192.0.2.100:80";
    private static readonly ServiceKey Key = new(TransportProtocol.Tcp, Ip.Parse("192.0.2.100"), 80);

    [Fact]
    public void ServerLost_EstablishedConnection_BothEndsResetAtWhatTheyExpect()
    {
        TestDirector director = Director();
        TcpTalk talk = new TcpTalk(director).Open();
        talk.FromClient("PA", "request");
        talk.FromServer("A");
        Lose(director);

        byte[][] sent = [.. director.Pending()];
        Assert.Equal([$"{Web} > {Client} RA", $"{Client} > {Server} RA"], sent.Select(Wire.Describe));
        Assert.All(sent, p => Assert.True(ReferenceChecksum.IsValid(p)));
        Assert.Equal((talk.ServerNext, talk.ClientNext), (TcpTalk.Sequence(sent[0]), TcpTalk.Acknowledgement(sent[0])));
        Assert.Equal((talk.ClientNext, talk.ServerNext), (TcpTalk.Sequence(sent[1]), TcpTalk.Acknowledgement(sent[1])));
        Assert.Equal(1, director.Core.Counters.EndedConnections);
        director.Wait(10.2);
        Assert.Equal(0, director.Core.ConnectionCount);
        Assert.True(TableCheck.IsWhole(director.Core));
    }

    [Fact]
    public void ServerLost_DataUnderWay_ResetForEitherCase()
    {
        TestDirector director = Director();
        TcpTalk talk = new TcpTalk(director).Open();
        uint before = talk.ServerNext;
        talk.FromServer("PA", "answer");
        Lose(director);
        Assert.Equal([talk.ServerNext, before], director.Pending().Where(p => Wire.Describe(p).StartsWith(Web, StringComparison.Ordinal)).Select(TcpTalk.Sequence));
    }

    [Fact]
    public void ServerLost_HalfOpen_ClientsSynAcknowledgedByReset()
    {
        TestDirector director = Director();
        TcpTalk talk = new(director);
        talk.FromClient("S");
        Lose(director);
        byte[] toClient = director.Pending()[0];
        Assert.Equal(($"{Web} > {Client} RA", talk.ClientNext), (Wire.Describe(toClient), TcpTalk.Acknowledgement(toClient)));
    }

    [Fact]
    public void ServerLost_NumbersUnknown_AskedAndAnsweredExactly()
    {
        TestDirector active = Director();
        TcpTalk talk = new TcpTalk(active).Open();
        TestDirector director = Director();
        director.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, Assert.Single(active.Connections())), director.Now);
        Lose(director);
        Assert.Equal([$"{Web} > {Client} A", $"{Client} > {Server} A"], director.Pending().Select(Wire.Describe));

        byte[] toClient = director.Send(Wire.Tcp(Client, Web, "A", "", talk.ClientNext, talk.ServerNext))!;
        byte[] toServer = director.Send(Wire.Tcp(Server, Client, "A", "", talk.ServerNext, talk.ClientNext))!;
        Assert.Equal(($"{Web} > {Client} R", talk.ServerNext), (Wire.Describe(toClient), TcpTalk.Sequence(toClient)));
        Assert.Equal(($"{Client} > {Server} R", talk.ClientNext), (Wire.Describe(toServer), TcpTalk.Sequence(toServer)));
        Assert.Equal(2, director.Core.Counters.Dropped(DropReason.ConnectionEnded));
    }

    [Fact]
    public void ServerLost_SameClientComesAgain_NewConnection()
    {
        TestDirector director = Director();
        new TcpTalk(director).Open();
        Lose(director);
        Assert.Equal($"{Client} > {Server} S", director.Answer(Wire.Tcp(Client, Web, "S")));
    }

    [Fact]
    public void ServerLost_Datagrams_DroppedAndScheduledAfresh()
    {
        TestDirector director = new TestDirector().Service("192.0.2.100:53/udp", "rr", "10.0.0.2:53", "10.0.0.3:53");
        director.Send(Wire.Udp(Client, "192.0.2.100:53"));
        Assert.True(director.Core.ServerLost(new ServiceKey(TransportProtocol.Udp, Ip.Parse("192.0.2.100"), 53), Ip.Parse("10.0.0.3"), 53, director.Now));
        Assert.Equal(0, director.Core.ConnectionCount);
        Assert.Empty(director.Pending());
        Assert.Equal($"{Client} > 10.0.0.2:53 UDP", director.Answer(Wire.Udp(Client, "192.0.2.100:53")));
    }

    [Theory]
    [InlineData(ServerLoss.Keep, 0)]
    [InlineData(ServerLoss.Reset, 2)]
    public void ApplyServices_ServerTakenAway_AsTheServiceSays(ServerLoss loss, int resets)
    {
        TestDirector director = Director();
        Apply(director, loss, "10.0.0.2");
        new TcpTalk(director).Open();
        Apply(director, loss, "10.0.0.3");
        director.Wait(0.1);
        Assert.Equal(resets, director.Pending().Count);
        Assert.Equal(resets > 0 ? ConnectionState.Close : ConnectionState.Established, Assert.Single(director.Connections()).State);
    }

    [Fact]
    public void ServerLost_OnStandby_NothingHappens()
    {
        TestDirector director = Director();
        new TcpTalk(director).Open();
        director.Core.SetTimersFrozen(true, director.Now);
        Lose(director);
        Assert.Empty(director.Pending());
        Assert.Equal(ConnectionState.Established, Assert.Single(director.Connections()).State);
    }

    [Fact]
    public void ServerLost_ManyConnections_AllToldWhileFramesAreTaken()
    {
        const int many = 20_000;
        TestDirector director = Director(many);
        for (int i = 0; i < many; i++)
        {
            new TcpTalk(director, $"198.51.{i >> 8}.{i & 255}:4000").Open();
        }

        Lose(director);
        int frames = director.Pending().Count;
        for (int calls = 0; calls < many && director.Core.Work(director.Now); calls++)
        {
            frames += director.Pending().Count;
        }

        frames += director.Pending().Count;
        Assert.Equal(2 * many, frames);
        Assert.All(director.Connections(), c => Assert.Equal(ConnectionState.Close, c.State));
    }

    private static TestDirector Director(int capacity = 4096) =>
        new TestDirector(o => o with { Capacity = capacity }).Service($"{Web}/tcp", "rr", Server);

    private static void Apply(TestDirector director, ServerLoss loss, string server) => director.Core.ApplyServices(
        [new VirtualServiceConfig(Key.Protocol, Key.Address, Key.Port, "rr", [new RealServerConfig(Ip.Parse(server), 80, 1)]) { OnServerLoss = loss }]);

    private static void Lose(TestDirector director) => Assert.True(director.Core.ServerLost(Key, Ip.Parse("10.0.0.2"), 80, director.Now));
}
