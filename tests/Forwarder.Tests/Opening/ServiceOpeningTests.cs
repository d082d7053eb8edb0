using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Opening;

/// <summary>What the kernel's records do not show of marks, lookups, one-packet scheduling and persistence.</summary>
public sealed class ServiceOpeningTests
{
    private const string Client = "192.0.2.11:40001";
    private static readonly IpPrefix Marked = new(Ip.Parse("203.0.113.0"), 24);

    [Fact]
    public void Mark_FirstRuleThatMatches_Decides()
    {
        TestDirector director = new(o => o with
        {
            MarkRules =
            [
                new MarkRule(1, Marked) { Protocol = TransportProtocol.Tcp, FirstPort = 80, LastPort = 89 },
                new MarkRule(2, Marked) { Source = new IpPrefix(Ip.Parse("198.51.100.0"), 24) },
            ],
        });
        Run(director, "-A -f 1 -s rr", "-a -f 1 -r 10.0.0.1:0 -m", "-A -f 2 -s rr", "-a -f 2 -r 10.0.0.2:0 -m");
        Assert.Equal("198.51.100.9:5 > 10.0.0.1:85 S", director.Answer(Wire.Tcp("198.51.100.9:5", "203.0.113.7:85", "S")));
        Assert.Equal("198.51.100.9:5 > 10.0.0.2:90 S", director.Answer(Wire.Tcp("198.51.100.9:5", "203.0.113.7:90", "S")));
        Assert.Equal("198.51.100.9:5 > 10.0.0.2:85 UDP", director.Answer(Wire.Udp("198.51.100.9:5", "203.0.113.7:85")));
        Assert.Equal("203.0.113.7:90 > 192.0.2.11:40001 RA", director.Answer(Wire.Tcp(Client, "203.0.113.7:90", "S")));
        Assert.Equal("203.0.113.7:85 > 198.51.100.9:5 SA", director.Answer(Wire.Tcp("10.0.0.1:85", "198.51.100.9:5", "SA")));
    }

    [Fact]
    public void Mark_RuleWithoutService_ExactServiceTakesIt()
    {
        TestDirector director = new(o => o with { MarkRules = [new MarkRule(9, new IpPrefix(Ip.Parse(TestDirector.Vip), 32))] });
        Run(director, "-A -t 192.0.2.100:80 -s rr", "-a -t 192.0.2.100:80 -r 10.0.0.2:80 -m");
        Assert.Equal($"{Client} > 10.0.0.2:80 S", director.Answer(Wire.Tcp(Client, "192.0.2.100:80", "S")));
        Run(director, "-A -f 9 -s rr", "-a -f 9 -r 10.0.0.9:0 -m");
        Assert.Equal("192.0.2.12:1 > 10.0.0.9:80 S", director.Answer(Wire.Tcp("192.0.2.12:1", "192.0.2.100:80", "S")));
    }

    [Fact]
    public void Mark_ServersOwnPacketToMarkedPrefix_IsAnAnswerNotARequest()
    {
        TestDirector director = new(o => o with { MarkRules = [new MarkRule(1, new IpPrefix(Ip.FromV4(0), 0))] });
        Run(director, "-A -f 1 -s rr", "-a -f 1 -r 10.0.0.2:0 -m");
        Assert.Equal($"{Client} > 10.0.0.2:80 S", director.Answer(Wire.Tcp(Client, "203.0.113.7:80", "S")));
        Assert.Equal($"203.0.113.7:80 > {Client} SA", director.Answer(Wire.Tcp("10.0.0.2:80", Client, "SA")));
    }

    [Fact]
    public void Lookup_FtpPortsAndAnyPort_InKernelsOrder()
    {
        TestDirector director = new();
        Run(director, "-A -t 192.0.2.100:21 -s rr -p 60", "-a -t 192.0.2.100:21 -r 10.0.0.2:21 -m", "-A -t 192.0.2.100:0 -s rr -p 60", "-a -t 192.0.2.100:0 -r 10.0.0.3:0 -m");
        Assert.Equal("192.0.2.12:1 > 10.0.0.3:1000 S", director.Answer(Wire.Tcp("192.0.2.12:1", "192.0.2.100:1000", "S")));
        Assert.Equal($"{Client} > 10.0.0.2:2000 S", director.Answer(Wire.Tcp(Client, "192.0.2.100:2000", "S")));
        Assert.Equal("192.0.2.11:2 > 10.0.0.2:21 S", director.Answer(Wire.Tcp("192.0.2.11:2", "192.0.2.100:21", "S")));
        Assert.Equal("192.0.2.100:80 > 192.0.2.11:20 RA", director.Answer(Wire.Tcp("192.0.2.11:20", "192.0.2.100:80", "S")));
    }

    [Fact]
    public void Lookup_FtpWithoutPersistence_DataPortIsClosed()
    {
        TestDirector director = new();
        Run(director, "-A -t 192.0.2.100:21 -s rr", "-a -t 192.0.2.100:21 -r 10.0.0.2:21 -m");
        Assert.Equal($"192.0.2.100:2000 > {Client} RA", director.Answer(Wire.Tcp(Client, "192.0.2.100:2000", "S")));
    }

    [Fact]
    public void OnePacket_EachDatagramPickedAnew_AnswersTranslatedAndNothingCounted()
    {
        TestDirector director = new();
        Run(director, "-A -u 192.0.2.100:53 -s rr -o", "-a -u 192.0.2.100:53 -r 10.0.0.2:5353 -m", "-a -u 192.0.2.100:53 -r 10.0.0.3:53 -m");
        Assert.Equal($"{Client} > 10.0.0.3:53 UDP", director.Answer(Wire.Udp(Client, "192.0.2.100:53")));
        Assert.Equal($"{Client} > 10.0.0.2:5353 UDP", director.Answer(Wire.Udp(Client, "192.0.2.100:53")));
        Assert.Equal($"{Client} > 10.0.0.3:53 UDP", director.Answer(Wire.Udp(Client, "192.0.2.100:53")));
        Assert.Equal($"192.0.2.100:53 > {Client} UDP", director.Answer(Wire.Udp("10.0.0.2:5353", Client)));
        Assert.Equal($"192.0.2.100:53 > {Client} UDP", director.Answer(Wire.Udp("10.0.0.3:53", Client)));
        ServiceSnapshot service = Assert.Single(director.Core.SnapshotServices());
        Assert.All(service.Servers, s => Assert.Equal((0, 0), (s.ActiveConnections, s.InactiveConnections)));
        Assert.Equal((3, 3), (service.Connections, service.InPackets));
        Assert.Empty(director.Connections());
        Assert.Equal(2, director.Core.ConnectionCount);
        director.Wait(11);
        Assert.Equal(0, director.Core.ConnectionCount);
    }

    [Fact]
    public void OnePacket_ServerRemovedWhileAnswersAreDue_StillTranslated()
    {
        TestDirector director = new();
        Run(director, "-A -u 192.0.2.100:53 -s rr -o", "-a -u 192.0.2.100:53 -r 10.0.0.2:53 -m");
        director.Answer(Wire.Udp(Client, "192.0.2.100:53"));
        Run(director, "-d -u 192.0.2.100:53 -r 10.0.0.2:53");
        Assert.Equal($"192.0.2.100:53 > {Client} UDP", director.Answer(Wire.Udp("10.0.0.2:53", Client)));
        director.Wait(11);
        Assert.Equal(0, director.Core.Servers.Count);
    }

    [Fact]
    public void Persistence_TemplateOverridesThresholdAndCountsAsPersistent()
    {
        TestDirector director = new();
        Run(director, "-A -t 192.0.2.100:80 -s rr -p 60", "-a -t 192.0.2.100:80 -r 10.0.0.2:80 -m -x 1", "-a -t 192.0.2.100:80 -r 10.0.0.3:80 -m -w 0");
        Assert.Equal("10.0.0.2:80", new TcpConversation(director, Client, "192.0.2.100:80").Open());
        Assert.Equal("10.0.0.2:80", new TcpConversation(director, "192.0.2.11:40002", "192.0.2.100:80").Open());
        Assert.Null(new TcpConversation(director, "192.0.2.12:1", "192.0.2.100:80").Open());
        Assert.Equal([0, 1], director.Servers("192.0.2.100:80/tcp").Select(s => s.PersistentConnections));
    }

    [Theory]
    [InlineData(64, "[2001:db8:9::77]", true)]
    [InlineData(128, "[2001:db8:9::77]", false)]
    public void Persistence_V6_PrefixDecidesWhoSharesATemplate(int prefix, string second, bool same)
    {
        TestDirector director = new();
        Run(director, $"-A -t [2001:db8::100]:80 -s rr -p 60 -M {prefix}", "-a -t [2001:db8::100]:80 -r [fd00::2]:80 -m", "-a -t [2001:db8::100]:80 -r [fd00::3]:80 -m");
        string? first = Picked(director, "[2001:db8:9::1]:1");
        string? other = Picked(director, $"{second}:2");
        Assert.NotNull(first);
        Assert.Equal(same, first == other);
        Assert.Equal(same ? 1 : 2, director.Connections().Count(c => c.Kind == ConnectionKind.Template));
    }

    [Fact]
    public void Templates_OnStandby_SameHoldsAfterTakeover()
    {
        TestDirector active = Persistent();
        TestDirector standby = Persistent();
        standby.Core.SetTimersFrozen(true, standby.Now);
        active.Core.EnableChangeLog(true);
        TcpConversation first = new(active, Client, "192.0.2.100:80");
        first.Open();
        new TcpConversation(active, "192.0.2.12:5", "192.0.2.100:80").Open(serverRefuses: true);
        Send(active, standby);
        Assert.Equal(Templates(active), Templates(standby));

        standby.Core.SetTimersFrozen(false, standby.Now);
        standby.Wait(61);
        Assert.Equal(["192.0.2.11 Assured"], Templates(standby)); // Held: given 60 s more; the other one had only a connection in CLOSE.
        Assert.Equal("10.0.0.3:80", new TcpConversation(standby, "192.0.2.11:9", "192.0.2.100:80").Open());
    }

    [Fact]
    public void Templates_SnapshotInAnyOrder_HeldAtItsEnd()
    {
        TestDirector active = Persistent();
        new TcpConversation(active, Client, "192.0.2.100:80").Open();
        TestDirector standby = Persistent();
        standby.Core.SetTimersFrozen(true, standby.Now);
        standby.Core.BeginRemoteSnapshot();
        foreach (ConnectionRecord record in active.Connections().Reverse())
        {
            standby.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, record), standby.Now);
        }

        int cursor = 0;
        while (cursor >= 0)
        {
            standby.Core.EndRemoteSnapshot(ref cursor, 10);
        }

        standby.Core.SetTimersFrozen(false, standby.Now);
        standby.Wait(200);
        Assert.Equal(["192.0.2.11 Assured"], Templates(standby));
    }

    [Fact]
    public void ExpireNoDestConn_ServiceDeleted_NextPacketEndsTheConnection()
    {
        TestDirector director = new();
        KernelSettings.Set(director, "net.ipv4.vs.expire_nodest_conn", 1);
        Run(director, "-A -t 192.0.2.100:80 -s rr", "-a -t 192.0.2.100:80 -r 10.0.0.2:80 -m");
        new TcpConversation(director, Client, "192.0.2.100:80").Open();
        Run(director, "-D -t 192.0.2.100:80");
        director.Core.Tick(director.Now);
        Assert.Equal(1, director.Core.ConnectionCount);
        Assert.Equal($"192.0.2.100:80 > {Client} R", director.Answer(Wire.Tcp(Client, "192.0.2.100:80", "A")));
        Assert.Equal(0, director.Core.ConnectionCount);
    }

    [Fact]
    public void Reuse_PersistentConnectionEndedByUs_NothingOfItsEarlierLifeHolds()
    {
        TestDirector director = Persistent();
        ConnectionRecord Connection() => director.Connections().Single(c => c.Kind == ConnectionKind.Service);
        director.Send(Wire.Tcp("192.0.2.11:1", "192.0.2.100:80", "S"));
        string server = $"{Connection().Server}:{Connection().ServerPort}";
        new Guard.TcpTalk(director, "192.0.2.11:1", server) { ClientNext = 1000 }.Open();
        Assert.True(director.Core.EndConnection(Connection().Key, director.Now));
        Guard.TcpTalk again = new(director, "192.0.2.11:1", server) { ClientNext = 3_000_000_000, ServerNext = 7 };
        Assert.Equal($"192.0.2.11:1 > {server} S", Wire.Describe(again.FromClient("S")));
        Assert.NotNull(again.FromServer("SA"));
        Assert.NotNull(again.FromClient("A"));
        Assert.Equal(ConnectionState.Established, Connection().State);
        Assert.NotNull(again.ForgedByClient("R", again.ClientNext));
        Assert.Equal(ConnectionState.Close, Connection().State);
    }

    private static TestDirector Persistent()
    {
        TestDirector director = new();
        Run(director, "-A -t 192.0.2.100:80 -s rr -p 60", "-a -t 192.0.2.100:80 -r 10.0.0.2:80 -m", "-a -t 192.0.2.100:80 -r 10.0.0.3:80 -m");
        return director;
    }

    private static void Run(TestDirector director, params string[] commands) =>
        Assert.All(commands, command => Assert.Equal(ServiceOutcome.Done, IpvsadmCommands.Run(director, command)));

    private static void Send(TestDirector active, TestDirector standby)
    {
        ConnectionChange[] changes = new ConnectionChange[100];
        int count = active.Core.TakeChanges(changes, active.Now);
        Assert.All(changes[..count], c => Assert.True(standby.Core.ApplyRemote(c, standby.Now)));
    }

    private static string[] Templates(TestDirector director) =>
        [.. director.Connections().Where(c => c.Kind == ConnectionKind.Template).Select(c => $"{c.Client} {c.State}").Order(StringComparer.Ordinal)];

    private static string? Picked(TestDirector director, string client) =>
        director.Send(Wire.Tcp(client, "[2001:db8::100]:80", "S")) is { } packet ? Convert.ToHexString(packet.AsSpan(24, 16)) : null;
}
