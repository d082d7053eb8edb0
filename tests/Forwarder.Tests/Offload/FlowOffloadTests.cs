using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Offload;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Guard;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Offload;

/// <summary>Which flows the kernel is given, when they come back, and what the core knows of them meanwhile.</summary>
public sealed class FlowOffloadTests
{
    private readonly FakeCache _kernel = new();

    [Fact]
    public void Tcp_Established_GivenWithBothEnds()
    {
        TestDirector director = Director("192.0.2.100:80/tcp");
        TcpTalk talk = new(director);
        talk.FromClient("S");
        talk.FromServer("SA");
        Assert.Equal(0, _kernel.Obey(director));
        talk.FromClient("A");
        Assert.Equal(1, _kernel.Obey(director));
        ConnectionRecord flow = Assert.Single(_kernel.Flows).Value;
        Assert.Equal((ConnectionKind.Service, TransportProtocol.Tcp, "192.0.2.11", 40001, "192.0.2.100", 80, "10.0.0.2", 80),
            (flow.Kind, flow.Protocol, $"{flow.Client}", flow.ClientPort, $"{flow.Virtual}", flow.VirtualPort, $"{flow.Server}", flow.ServerPort));
        talk.FromClient("PA", "more");
        Assert.Equal(0, _kernel.Obey(director));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Tcp_ShorterThanTheThreshold_NotGiven(int packets)
    {
        TestDirector director = Director("192.0.2.100:80/tcp", packets);
        TcpTalk talk = new TcpTalk(director).Open();
        for (int sent = 2; sent < packets; sent++)
        {
            Assert.Equal(0, _kernel.Obey(director));
            talk.FromClient("PA", "x");
        }

        Assert.Equal(1, _kernel.Obey(director));
    }

    [Fact]
    public void Udp_Answered_Given()
    {
        TestDirector director = Director("192.0.2.100:53/udp");
        director.Send(Wire.Udp("192.0.2.11:5000", "192.0.2.100:53"));
        Assert.Equal(0, _kernel.Obey(director));
        director.Send(Wire.Udp("10.0.0.2:53", "192.0.2.11:5000"));
        Assert.Equal(1, _kernel.Obey(director));
    }

    [Fact]
    public void Masquerade_Established_Given()
    {
        TestDirector director = TestDirector.Masquerading();
        director.Core.UseOffload(_kernel);
        director.Send(Wire.Udp("10.0.0.2:5000", "192.0.2.11:53"));
        ConnectionRecord flow = director.Connections().Single();
        director.Send(Wire.Udp("192.0.2.11:53", $"192.0.2.100:{flow.VirtualPort}"));
        Assert.Equal(1, _kernel.Obey(director));
    }

    [Theory]
    [InlineData("F")]
    [InlineData("FA")]
    public void Fin_OfAGivenFlow_TakesItBackAndClosesByTheTable(string flags)
    {
        TestDirector director = Director("192.0.2.100:80/tcp");
        TcpTalk talk = new TcpTalk(director).Open();
        _kernel.Obey(director);
        talk.ClientNext += 1_000_000; // What the kernel forwarded passed unseen.
        Assert.NotNull(talk.FromClient(flags));
        _kernel.Obey(director);
        Assert.Empty(_kernel.Flows);
        Assert.Equal(ConnectionState.CloseWait, Assert.Single(director.Connections()).State);
        Assert.Equal(0, director.Core.OffloadedCount);
    }

    /// <summary>Blind or true, nobody can tell: a true one is followed by nothing.</summary>
    [Fact]
    public void Reset_OfAGivenFlow_EndsItUnlessItGoesOn()
    {
        TestDirector director = Director("192.0.2.100:80/tcp");
        TcpTalk talk = new TcpTalk(director).Open();
        _kernel.Obey(director);
        Assert.NotNull(talk.ForgedByClient("R", 77));
        _kernel.Obey(director);
        Assert.Empty(_kernel.Flows);
        talk.FromServer("PA", "still here");
        _kernel.Obey(director);
        Assert.Single(_kernel.Flows);
        director.Wait(60);
        Assert.Equal(1, director.Core.ConnectionCount);

        talk.ForgedByClient("R", 78);
        director.Wait(10.2);
        Assert.Equal(0, director.Core.ConnectionCount);
    }

    [Fact]
    public void Timer_OfAGivenFlow_FollowsWhatTheKernelSaw()
    {
        TestDirector director = Director("192.0.2.100:80/tcp");
        new TcpTalk(director).Open();
        _kernel.Obey(director);
        int slot = _kernel.Flows.Keys.Single();
        director.Wait(890);
        _kernel.Forwarded(slot, director.Now, new OffloadTraffic(1, 52, 0, 0));
        director.Wait(20);
        Assert.Equal(1, director.Core.ConnectionCount);
        Assert.InRange(director.Connections().Single().RemainingMilliseconds, 879_000u, 881_000u);
        director.Wait(879);
        Assert.Equal(1, director.Core.ConnectionCount);
        director.Wait(2);
        _kernel.Obey(director);
        Assert.Equal((0, 0), (director.Core.ConnectionCount, _kernel.Flows.Count));
    }

    /// <summary>A packet may come before the next sweep: the flow that it finds has not ended.</summary>
    [Fact]
    public void Fin_LongAfterTheCoreSawAPacket_FindsTheFlow()
    {
        TestDirector director = Director("192.0.2.100:80/tcp");
        TcpTalk talk = new TcpTalk(director).Open();
        _kernel.Obey(director);
        _kernel.Forwarded(_kernel.Flows.Keys.Single(), director.Now + 800_000, default);
        director.Now += 1_000_000;
        Assert.Equal("192.0.2.11:40001 > 10.0.0.2:80 FA", Wire.Describe(talk.FromClient("FA")));
    }

    [Fact]
    public void Traffic_OfAGivenFlow_CountedForServerServiceAndAll()
    {
        TestDirector director = Director("192.0.2.100:80/tcp");
        new TcpTalk(director).Open();
        _kernel.Obey(director);
        ServerSnapshot before = director.Servers("192.0.2.100:80/tcp")[0];
        _kernel.Forwarded(_kernel.Flows.Keys.Single(), director.Now, new OffloadTraffic(10, 1000, 20, 30_000));
        director.Wait(2.1);
        ServerSnapshot after = director.Servers("192.0.2.100:80/tcp")[0];
        Assert.Equal((10, 1000, 20, 30_000), (after.InPackets - before.InPackets, after.InBytes - before.InBytes, after.OutPackets - before.OutPackets, after.OutBytes - before.OutBytes));
        Assert.Equal(30, director.Core.Counters.OffloadedPackets);
        director.Wait(2.1);
        Assert.Equal(after, director.Servers("192.0.2.100:80/tcp")[0]);
    }

    [Fact]
    public void Server_Deleted_VersionTellsAndNothingNewIsGiven()
    {
        TestDirector director = Director("192.0.2.100:80/tcp");
        TcpTalk talk = new TcpTalk(director).Open();
        _kernel.Obey(director);
        long version = director.Core.OffloadServersVersion;
        director.Service("192.0.2.100:80/tcp", "rr");
        Assert.NotEqual(version, director.Core.OffloadServersVersion);
        Assert.False(Assert.Single(director.Core.OffloadServers()).IsConfigured);
        Assert.Null(talk.FromClient("PA", "x"));
        Assert.Equal(0, _kernel.Obey(director));
        director.Service("192.0.2.100:80/tcp", "rr", "10.0.0.2:80");
        Assert.True(Assert.Single(director.Core.OffloadServers()).IsConfigured);
    }

    [Fact]
    public void Helper_OrMovedNumbers_NeverGiven()
    {
        TestDirector director = new();
        director.Core.UseOffload(_kernel);
        director.Core.ApplyServices([new VirtualServiceConfig(TransportProtocol.Tcp, Ip.Parse(TestDirector.Vip), 21, "rr", [new RealServerConfig(Ip.Parse("10.0.0.2"), 21, 1)]) { Helper = "ftp" }]);
        new TcpTalk(director, server: "10.0.0.2:21", service: "192.0.2.100:21").Open();
        Assert.Equal((1, 0), (director.Core.ConnectionCount, _kernel.Obey(director)));
    }

    [Fact]
    public void Refused_Install_FlowStaysAndIsGivenLater()
    {
        TestDirector director = Director("192.0.2.100:80/tcp");
        TcpTalk talk = new TcpTalk(director).Open();
        OffloadChange[] changes = new OffloadChange[4];
        Assert.Equal(1, director.Core.TakeOffloadChanges(changes));
        director.Core.OffloadRefused(in changes[0], director.Now);
        talk.FromClient("PA", "x");
        Assert.Equal((0, 0), (_kernel.Obey(director), director.Core.OffloadedCount));
        director.Now += 1000;
        talk.FromClient("PA", "x");
        Assert.Equal((1, 1), (_kernel.Obey(director), director.Core.OffloadedCount));
    }

    /// <summary>The standby's kernel is filled ahead, so that a takeover is one write.</summary>
    [Fact]
    public void Standby_SyncedFlows_GivenByTheSweepAndTakenBackByDeletes()
    {
        TestDirector active = new TestDirector().Service("192.0.2.100:80/tcp", "rr", "10.0.0.2:80");
        active.Core.EnableChangeLog(true);
        TcpTalk talk = new TcpTalk(active).Open();
        TestDirector standby = Director("192.0.2.100:80/tcp", afterPackets: 4);
        standby.Core.SetTimersFrozen(true, standby.Now);
        Sync(active, standby);
        standby.Wait(2.1);
        Assert.Equal((1, 1), (_kernel.Obey(standby), _kernel.Flows.Count));

        talk.FromClient("FA");
        Sync(active, standby);
        _kernel.Obey(standby);
        Assert.Empty(_kernel.Flows);
    }

    [Fact]
    public void Overflow_RemovalsWithoutRoom_ToldAndBegunAnew()
    {
        TestDirector director = new TestDirector(o => o with { Capacity = 200_000 }).Service("192.0.2.100:53/udp", "rr", "10.0.0.2:53");
        director.Core.UseOffload(_kernel);
        for (int client = 0; client < 140_000; client++)
        {
            string from = $"198.18.{client >> 8 & 255}.{client & 255}:{1000 + (client >> 16)}";
            director.Send(Wire.Udp(from, "192.0.2.100:53"));
            director.Send(Wire.Udp("10.0.0.2:53", from));
            if (client % 1000 == 0)
            {
                _kernel.Obey(director);
            }
        }

        _kernel.Obey(director);
        Assert.Equal(140_000, _kernel.Flows.Count);
        for (int second = 0; second < 400 && director.Core.ConnectionCount > 0; second++)
        {
            director.Wait(1);
        }

        Assert.True(director.Core.OffloadLogOverflowed);
        director.Core.UseOffload(_kernel);
        Assert.Equal((false, 0), (director.Core.OffloadLogOverflowed, director.Core.OffloadedCount));
    }

    private static void Sync(TestDirector from, TestDirector to)
    {
        ConnectionChange[] changes = new ConnectionChange[16];
        foreach (ConnectionChange change in changes.AsSpan(0, from.Core.TakeChanges(changes, from.Now)).ToArray())
        {
            to.Core.ApplyRemote(in change, to.Now);
        }
    }

    private TestDirector Director(string listen, int afterPackets = 0)
    {
        TestDirector director = new TestDirector().Service(listen, "rr", listen.EndsWith("tcp", StringComparison.Ordinal) ? "10.0.0.2:80" : "10.0.0.2:53");
        director.Core.UseOffload(_kernel, afterPackets);
        return director;
    }
}
