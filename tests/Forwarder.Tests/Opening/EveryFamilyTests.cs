using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Guard;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Opening;

/// <summary>Each kind of service and each setting for both families and for the protocols that have it: the kernel's records are of IPv4, most of TCP.</summary>
public sealed class EveryFamilyTests
{
    private const byte Init = 1, InitAck = 2, CookieEcho = 10, CookieAck = 11;

    /// <summary>What is the same for both: a client, another one, the virtual address and the servers' network.</summary>
    public static TheoryData<string, string, string, string> Families => new()
    {
        { "192.0.2.11", "192.0.2.77", "192.0.2.100", "10.0.0." },
        { "[2001:db8:c::11", "[2001:db8:c::77", "[2001:db8::100", "[fd00::" },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void OnePacket_EachDatagramPickedAnew_AnswersTranslated(string client, string other, string vip, string servers)
    {
        (string from, string service) = (End(client, 40001), End(vip, 53));
        TestDirector director = Service("-u", service, "-s rr -o", servers, 53);
        Assert.Equal($"{from} > {End(servers + "3", 53)} UDP", director.Answer(Wire.Udp(from, service)));
        Assert.Equal($"{from} > {End(servers + "2", 53)} UDP", director.Answer(Wire.Udp(from, service)));
        Assert.Equal($"{service} > {from} UDP", director.Answer(Wire.Udp(End(servers + "3", 53), from)));
        Assert.Equal($"{service} > {from} UDP", director.Answer(Wire.Udp(End(servers + "2", 53), from)));
        Assert.Equal($"{End(other, 1)} > {End(servers + "3", 53)} UDP", director.Answer(Wire.Udp(End(other, 1), service)));
        Assert.Empty(director.Connections());
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void OnePacketOfAMark_DatagramsAlone_TcpHasConnections(string client, string other, string vip, string servers)
    {
        bool v6 = vip[0] == '[';
        TestDirector director = new(o => o with { MarkRules = [new MarkRule(3, new IpPrefix(Wire.Address(End(vip, 0)), v6 ? 128 : 32))] });
        Run(director, $"-A -f 3{(v6 ? " -6" : "")} -s rr -o", $"-a -f 3{(v6 ? " -6" : "")} -r {End(servers + "2", 0)} -m");
        Assert.NotNull(director.Send(Wire.Udp(End(client, 5), End(vip, 53))));
        Assert.Empty(director.Connections());
        Assert.NotNull(director.Send(Wire.Tcp(End(other, 5), End(vip, 80), "S")));
        Assert.Single(director.Connections());
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void PersistentMark_AllProtocolsAndPorts_OneTemplateOfTheNetwork(string client, string other, string vip, string servers)
    {
        bool v6 = vip[0] == '[';
        string mark = $"-f 4000000000{(v6 ? " -6" : "")}";
        TestDirector director = new(o => o with { MarkRules = [new MarkRule(4_000_000_000, new IpPrefix(Wire.Address(End(vip, 0)), v6 ? 120 : 24))] });
        Run(director, $"-A {mark} -s rr -p 60 -M {(v6 ? "64" : "255.255.255.0")}", $"-a {mark} -r {End(servers + "2", 0)} -m", $"-a {mark} -r {End(servers + "3", 0)} -m");
        string chosen = servers + "3";
        Assert.Equal($"{End(client, 5)} > {End(chosen, 80)} S", director.Answer(Wire.Tcp(End(client, 5), End(vip, 80), "S")));
        Assert.Equal($"{End(other, 6)} > {End(chosen, 53)} UDP", director.Answer(Wire.Udp(End(other, 6), End(vip, 53))));
        Assert.Equal($"{End(client, 7)} > {End(chosen, 3868)} SCTP 1", director.Answer(Wire.Sctp(End(client, 7), End(vip, 3868), Wire.Chunk(Init))));
        ConnectionRecord template = Assert.Single(director.Connections(), c => c.Kind == ConnectionKind.Template);
        Assert.Equal((0, 4_000_000_000), ((int)template.Protocol, template.Mark));
        Assert.Equal(v6 ? "ee6b:2800::" : "238.107.40.0", template.Virtual.ToString());
        TestDirector standby = new();
        Assert.All(director.Connections(), c => Assert.True(standby.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, c), standby.Now)));
        Assert.Equal(4, standby.Core.ConnectionCount);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void PersistentEveryPort_BesideFtp_EachTakesItsPorts(string client, string other, string vip, string servers)
    {
        TestDirector director = Service("-t", End(vip, 0), "-s rr -p 60", servers, 0);
        Run(director, $"-A -t {End(vip, 21)} -s rr -p 60", $"-a -t {End(vip, 21)} -r {End(servers + "9", 21)} -m");
        Assert.Equal($"{End(client, 5)} > {End(servers + "3", 80)} S", director.Answer(Wire.Tcp(End(client, 5), End(vip, 80), "S")));
        Assert.Equal($"{End(client, 6)} > {End(servers + "3", 443)} S", director.Answer(Wire.Tcp(End(client, 6), End(vip, 443), "S")));
        Assert.Equal($"{End(other, 7)} > {End(servers + "9", 2000)} S", director.Answer(Wire.Tcp(End(other, 7), End(vip, 2000), "S")));
        Assert.Equal($"{End(other, 8)} > {End(servers + "9", 21)} S", director.Answer(Wire.Tcp(End(other, 8), End(vip, 21), "S")));
        Assert.Equal($"{End(other, 9)} > {End(servers + "9", 22)} S", director.Answer(Wire.Tcp(End(other, 9), End(vip, 22), "S"))); // One template of both, as in the kernel.
        Assert.Equal(2, director.Connections().Count(c => c is { Kind: ConnectionKind.Template, VirtualPort: 0, ClientPort: 0 }));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void PersistentSctp_TemplateAssuredWhenEstablished(string client, string other, string vip, string servers)
    {
        (string from, string service, string server) = (End(client, 5), End(vip, 3868), End(servers + "3", 3868));
        TestDirector director = Service("--sctp-service", service, "-s rr -p 60", servers, 3868);
        ConnectionState Template() => director.Connections().First(c => c.Kind == ConnectionKind.Template).State;
        Assert.Equal($"{from} > {server} SCTP 1", director.Answer(Wire.Sctp(from, service, Wire.Chunk(Init))));
        director.Send(Wire.Sctp(server, from, Wire.Chunk(InitAck)));
        director.Send(Wire.Sctp(from, service, Wire.Chunk(CookieEcho)));
        Assert.Equal(ConnectionState.None, Template());
        director.Send(Wire.Sctp(server, from, Wire.Chunk(CookieAck)));
        Assert.Equal(ConnectionState.Assured, Template());
        Assert.Equal($"{End(client, 6)} > {server} SCTP 1", director.Answer(Wire.Sctp(End(client, 6), service, Wire.Chunk(Init))));
        Assert.Equal($"{End(other, 6)} > {End(servers + "2", 3868)} SCTP 1", director.Answer(Wire.Sctp(End(other, 6), service, Wire.Chunk(Init))));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void ExpireQuiescentTemplate_SynOnAConnectionThatIsOver_StaysWithItsServerUntilAnotherPort(string client, string other, string vip, string servers)
    {
        (string from, string service) = (End(client, 5), End(vip, 80));
        TestDirector director = Service("-t", service, "-s rr -p 60", servers, 80);
        TcpConversation first = new(director, from, service);
        Assert.Equal(End(servers + "3", 80), first.Open());
        first.Close("client-rst");
        Run(director, $"-e -t {service} -r {End(servers + "3", 80)} -m -w 0");
        Assert.Equal(End(servers + "3", 80), new TcpConversation(director, from, service).Open()); // The template says so,
        new TcpConversation(director, End(other, 5), service).Open();
        KernelSettings.Set(director, "net.ipv4.vs.expire_quiescent_template", 1);
        TcpConversation again = new(director, End(client, 6), service);
        Assert.Equal(End(servers + "2", 80), again.Open()); // until it may not,
        again.Close("client-rst");
        Run(director, $"-e -t {service} -r {End(servers + "2", 80)} -m -w 0", $"-e -t {service} -r {End(servers + "3", 80)} -m");
        Assert.Equal(End(servers + "2", 80), new TcpConversation(director, End(client, 6), service).Open()); // The old connection does not ask,
        Assert.Equal(End(servers + "3", 80), new TcpConversation(director, End(client, 7), service).Open()); // a new one does.
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Reuse_RefusedConnectionsTemplate_StaysWithItsServer(string client, string other, string vip, string servers)
    {
        (string from, string service) = (End(client, 5), End(vip, 80));
        TestDirector director = Service("-t", service, "-s rr -p 60", servers, 80);
        Assert.Null(new TcpConversation(director, from, service).Open(serverRefuses: true));
        Assert.Equal(ConnectionState.None, director.Connections().Single(c => c.Kind == ConnectionKind.Template).State);
        Assert.Equal(End(servers + "3", 80), new TcpConversation(director, from, service).Open());
        Assert.Equal(End(servers + "2", 80), new TcpConversation(director, End(other, 5), service).Open());
        Assert.Equal(2, director.Connections().Count(c => c.Kind == ConnectionKind.Service));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Reuse_TimeWait_ScheduledAfreshUnlessMode0(string client, string other, string vip, string servers)
    {
        Assert.NotEqual(client, other);
        foreach (int mode in new[] { 1, 0 })
        {
            string service = End(vip, 80);
            TestDirector director = Service("-t", service, "-s rr", servers, 80);
            KernelSettings.Set(director, "net.ipv4.vs.conn_reuse_mode", mode);
            TcpConversation talk = new(director, End(client, 5), service);
            Assert.Equal(End(servers + "3", 80), talk.Open());
            talk.Close("client");
            Assert.Equal(ConnectionState.TimeWait, Assert.Single(director.Connections()).State);
            Assert.Equal(End(servers + (mode == 1 ? "2" : "3"), 80), new TcpConversation(director, End(client, 5), service).Open());
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void SloppyTcp_AnySegmentButAResetOpens(string client, string other, string vip, string servers)
    {
        (string from, string service) = (End(client, 5), End(vip, 80));
        TestDirector director = Service("-t", service, "-s rr", servers, 80);
        Assert.Equal($"{service} > {from} R", director.Answer(Wire.Tcp(from, service, "A")));
        KernelSettings.Set(director, "net.ipv4.vs.sloppy_tcp", 1);
        Assert.Equal($"{from} > {End(servers + "3", 80)} A", director.Answer(Wire.Tcp(from, service, "A")));
        Assert.Equal(ConnectionState.Established, Assert.Single(director.Connections()).State);
        Assert.Equal($"{End(other, 6)} > {End(servers + "2", 80)} PA", director.Answer(Wire.Tcp(End(other, 6), service, "PA", "data")));
        Assert.Null(director.Send(Wire.Tcp(End(other, 7), service, "R")));
        Assert.Equal(2, director.Core.ConnectionCount);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void ExpireNoDestConn_SctpServerGoneOrQuiesced_NextPacketGoesElsewhere(string client, string other, string vip, string servers)
    {
        (string from, string service) = (End(client, 5), End(vip, 3868));
        TestDirector director = Service("--sctp-service", service, "-s rr", servers, 3868);
        KernelSettings.Set(director, "net.ipv4.vs.expire_nodest_conn", 1);
        Assert.Equal($"{from} > {End(servers + "3", 3868)} SCTP 1", director.Answer(Wire.Sctp(from, service, Wire.Chunk(Init))));
        Run(director, $"-e --sctp-service {service} -r {End(servers + "3", 3868)} -m -w 0");
        Assert.Equal($"{from} > {End(servers + "2", 3868)} SCTP 1", director.Answer(Wire.Sctp(from, service, Wire.Chunk(Init))));
        Assert.NotNull(director.Send(Wire.Sctp(End(other, 5), service, Wire.Chunk(Init))));
        Run(director, $"-d --sctp-service {service} -r {End(servers + "2", 3868)}");
        director.Wait(1);
        Assert.Equal(0, director.Core.ConnectionCount);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Reset_JudgedByTheWindow(string client, string other, string vip, string servers)
    {
        TestDirector director = Service("-t", End(vip, 80), "-s rr", servers, 80);
        TcpTalk talk = new TcpTalk(director, End(client, 5), End(servers + "3", 80), End(vip, 80)).Open();
        Assert.NotNull(talk.ForgedByClient("R", talk.ClientNext + 100_000_000));
        Assert.NotNull(talk.ForgedByServer("R", talk.ServerNext + 100));
        Assert.Equal(ConnectionState.Established, Assert.Single(director.Connections()).State);
        Assert.Equal((1, 1), (director.Core.Counters.IgnoredResets, director.Core.Counters.ChallengedResets));
        Assert.NotNull(talk.FromServer("R"));
        Assert.Equal(ConnectionState.Close, Assert.Single(director.Connections()).State);
        Assert.NotEqual(client, other);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void SynProxy_CookieServerAndData_BothSidesAgree(string client, string other, string vip, string servers)
    {
        (string from, string web, string server) = (End(client, 5), End(vip, 80), End(servers + "3", 80));
        TestDirector director = Service("-t", web, "-s rr", servers, 80, o => o with { SynProxy = new() { Mode = SynProxyMode.Always } });
        Segment cookie = Segment.Of(director.Send(new Segment(from, web, "S", 1000) { Options = Segment.SynOptions(7) }.ToPacket()));
        Assert.Equal((web, from, "SA", 1001u, (ushort)0), (cookie.From, cookie.To, cookie.Flags, cookie.Acknowledgement, cookie.Window));
        Assert.Null(director.Send(new Segment(End(other, 5), web, "R", 1001).ToPacket()));
        Segment syn = Segment.Of(director.Send(new Segment(from, web, "A", 1001, cookie.Sequence + 1).ToPacket()));
        Assert.Equal((from, server, "S", 1000u), (syn.From, syn.To, syn.Flags, syn.Sequence));
        Segment update = Segment.Of(director.Send(new Segment(server, from, "SA", 9000, 1001) { Options = Segment.SynOptions(7), Window = 60_000 }.ToPacket()));
        Assert.Equal((web, from, "A", cookie.Sequence + 1), (update.From, update.To, update.Flags, update.Sequence));
        Segment.Of(Assert.Single(director.Pending()));
        Segment request = Segment.Of(director.Send(new Segment(from, web, "PA", 1001, cookie.Sequence + 1) { Payload = "request" }.ToPacket()));
        Assert.Equal((server, 1001u, 9001u, "request"), (request.To, request.Sequence, request.Acknowledgement, request.Payload));
        Segment answer = Segment.Of(director.Send(new Segment(server, from, "PA", 9001, 1008) { Payload = "answer" }.ToPacket()));
        Assert.Equal((web, cookie.Sequence + 1, "answer"), (answer.From, answer.Sequence, answer.Payload));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void ServerLost_BothEndsToldAtOnce(string client, string other, string vip, string servers)
    {
        (string from, string web, string server) = (End(client, 5), End(vip, 80), End(servers + "3", 80));
        TestDirector director = Service("-t", web, "-s rr", servers, 80);
        TcpTalk talk = new TcpTalk(director, from, server, web).Open();
        new TcpTalk(director, End(other, 5), End(servers + "2", 80), web).Open();
        Assert.True(director.Core.ServerLost(new ServiceKey(TransportProtocol.Tcp, Wire.Address(web), 80), Wire.Address(server), 80, director.Now));
        byte[][] sent = [.. director.Pending()];
        Assert.Equal([$"{web} > {from} RA", $"{from} > {server} RA"], sent.Select(Wire.Describe));
        Assert.All(sent, p => Assert.True(ReferenceChecksum.IsValid(p)));
        Assert.Equal((talk.ServerNext, talk.ClientNext), (TcpTalk.Sequence(sent[0]), TcpTalk.Sequence(sent[1])));
        director.Wait(11);
        Assert.Equal(End(other, 5), Assert.Single(director.Connections().Select(c => c.Client.WithPort(c.ClientPort))));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void DropPacket_EveryProtocol_OneInSoManyNewOnes(string client, string other, string vip, string servers)
    {
        TestDirector director = Service("-u", End(vip, 53), "-s rr", servers, 53);
        Run(director, $"-A --sctp-service {End(vip, 3868)} -s rr", $"-a --sctp-service {End(vip, 3868)} -r {End(servers + "2", 3868)} -m");
        KernelSettings.Set(director, "net.ipv4.vs.am_droprate", 2);
        KernelSettings.Set(director, "net.ipv4.vs.drop_packet", 3);
        director.Wait(1.1);
        int[] passed = [0, 0];
        for (int i = 0; i < 10; i++)
        {
            passed[0] += director.Send(Wire.Udp(End(client, 1000 + i), End(vip, 53))) is null ? 0 : 1;
        }

        for (int i = 0; i < 10; i++)
        {
            passed[1] += director.Send(Wire.Sctp(End(other, 1000 + i), End(vip, 3868), Wire.Chunk(Init))) is null ? 0 : 1;
        }

        Assert.Equal([5, 5], passed);
        Assert.Equal(10, director.Core.Counters.Dropped(DropReason.DefenseDrop));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Thresholds_OnStandby_SameServersOverloadedAfterATakeover(string client, string other, string vip, string servers)
    {
        string service = End(vip, 80);
        TestDirector NewDirector()
        {
            TestDirector director = new();
            Run(director, $"-A -t {service} -s rr", $"-a -t {service} -r {End(servers + "2", 80)} -m -x 4 -y 2", $"-a -t {service} -r {End(servers + "3", 80)} -m -w 0");
            return director;
        }

        TestDirector active = NewDirector();
        TestDirector standby = NewDirector();
        standby.Core.SetTimersFrozen(true, standby.Now);
        active.Core.EnableChangeLog(true);
        void Send()
        {
            ConnectionChange[] changes = new ConnectionChange[100];
            int count = active.Core.TakeChanges(changes, active.Now);
            Assert.All(changes[..count], c => Assert.True(standby.Core.ApplyRemote(c, standby.Now)));
        }

        for (int i = 0; i < 4; i++)
        {
            Assert.NotNull(active.Send(Wire.Tcp(End(i == 0 ? other : client, 1000 + i), service, "S")));
            Send();
        }

        active.Answer(Wire.Tcp(End(servers + "2", 80), End(other, 1000), "RA", ack: 1001));
        active.Wait(11); // That one is gone: three left, overloaded until below two.
        Send();
        Assert.Equal(3, standby.Core.ConnectionCount);
        standby.Core.SetTimersFrozen(false, standby.Now);
        Assert.EndsWith("ICMP " + (vip[0] == '[' ? "1/4" : "3/3"), active.Answer(Wire.Tcp(End(client, 9), service, "S")), StringComparison.Ordinal);
        Assert.EndsWith("ICMP " + (vip[0] == '[' ? "1/4" : "3/3"), standby.Answer(Wire.Tcp(End(client, 9), service, "S")), StringComparison.Ordinal);
    }

    private static TestDirector Service(
        string kind, string service, string options, string servers, int port, Func<ForwardingCoreOptions, ForwardingCoreOptions>? change = null)
    {
        TestDirector director = new(change);
        Run(director, $"-A {kind} {service} {options}", $"-a {kind} {service} -r {End(servers + "2", port)} -m", $"-a {kind} {service} -r {End(servers + "3", port)} -m");
        return director;
    }

    private static string End(string address, int port) => $"{address}{(address[0] == '[' ? "]" : "")}:{port}";

    private static void Run(TestDirector director, params string[] commands) =>
        Assert.All(commands, command => Assert.Equal(ServiceOutcome.Done, IpvsadmCommands.Run(director, command)));
}
