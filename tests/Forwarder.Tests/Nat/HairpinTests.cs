using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Nat;

/// <summary>Clients in the servers' own network, and servers that are their own clients: the server sees the gateway address.</summary>
public sealed class HairpinTests
{
    private const string Web = "192.0.2.100:80";
    private const string Gateway = "10.0.0.1";

    [Theory]
    [InlineData("10.0.0.50:2000")]
    [InlineData("10.0.0.2:2000")]
    public void Conversation_InsideClient_SourceIsGatewayAndAnswersComeBack(string client)
    {
        TestDirector director = Director();
        (byte[] In, string Out)[] table =
        [
            (Wire.Tcp(client, Web, "S"), $"{Gateway}:2000 > 10.0.0.2:80 S"),
            (Wire.Tcp("10.0.0.2:80", $"{Gateway}:2000", "SA"), $"{Web} > {client} SA"),
            (Wire.Tcp(client, Web, "A"), $"{Gateway}:2000 > 10.0.0.2:80 A"),
            (Wire.Tcp(client, Web, "PA", "request"), $"{Gateway}:2000 > 10.0.0.2:80 PA"),
            (Wire.Tcp("10.0.0.2:80", $"{Gateway}:2000", "PA", "answer"), $"{Web} > {client} PA"),
        ];
        foreach ((byte[] packet, string expected) in table)
        {
            byte[] left = director.Send(packet)!;
            Assert.Equal(expected, Wire.Describe(left));
            Assert.True(ReferenceChecksum.IsValid(left), expected);
        }

        ConnectionRecord record = Assert.Single(director.Connections());
        Assert.Equal((ConnectionState.Established, ConnectionTraits.Hairpin, Ip.Parse(Gateway), (ushort)2000),
            (record.State, record.Traits, record.Gateway, record.GatewayPort));
    }

    [Fact]
    public void Ports_ManyClientsOfOnePort_AllDifferentAndOutsideTheKernelsRange()
    {
        TestDirector director = Director();
        string[] sources = [.. Enumerable.Range(10, 200).Select(i => director.Answer(Wire.Tcp($"10.0.0.{i}:40000", Web, "S")).Split(' ')[0])];
        Assert.Equal(200, sources.Distinct().Count());
        Assert.All(sources, s => Assert.InRange(Wire.Port(s), 1024, 32_767));
        Assert.Equal($"{Web} > 10.0.0.77:40000 SA", director.Answer(Wire.Tcp("10.0.0.2:80", sources[67], "SA")));
    }

    [Fact]
    public void Nodes_OfAPair_TakePortsFromTheirOwnHalves()
    {
        ushort[] ports = [.. new[] { 0, 1 }.Select(node =>
        {
            TestDirector director = Director(node, 2);
            return Wire.Port(director.Answer(Wire.Tcp("10.0.0.50:60000", Web, "S")).Split(' ')[0]);
        })];
        Assert.InRange(ports[0], 1024, 16_895);
        Assert.InRange(ports[1], 16_896, 32_767);
    }

    [Fact]
    public void Takeover_SyncedFlow_GoesOnUnderTheSamePort()
    {
        TestDirector active = Director();
        active.Send(Wire.Tcp("10.0.0.50:2000", Web, "S"));
        TestDirector standby = Director(1, 2);
        standby.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, Assert.Single(active.Connections())), standby.Now);
        Assert.Equal($"{Web} > 10.0.0.50:2000 SA", standby.Answer(Wire.Tcp("10.0.0.2:80", $"{Gateway}:2000", "SA")));
        Assert.Equal($"{Gateway}:2000 > 10.0.0.2:80 A", standby.Answer(Wire.Tcp("10.0.0.50:2000", Web, "A")));
    }

    [Fact]
    public void Errors_BothWays_QuoteWhatTheirReceiverSent()
    {
        TestDirector director = Director();
        byte[] request = Wire.Udp("10.0.0.50:2000", "192.0.2.100:53", "question");
        byte[] toServer = director.Send(request)!;
        byte[] error = director.Send(Wire.Icmp("10.0.0.2", Gateway, 3, 3, 0, toServer))!;
        Assert.Equal("192.0.2.100 > 10.0.0.50 ICMP 3/3", Wire.Describe(error));
        Assert.True(ReferenceChecksum.IsValid(error));
        Assert.Equal(request[12..20], error[40..48]);
        Assert.Equal(request[20..], error[48..]);

        byte[] answer = Wire.Udp("10.0.0.2:53", $"{Gateway}:2000", "answer");
        byte[] toClient = director.Send(answer)!;
        byte[] back = director.Send(Wire.Icmp("10.0.0.50", "192.0.2.100", 3, 3, 0, toClient))!;
        Assert.Equal($"{Gateway} > 10.0.0.2 ICMP 3/3", Wire.Describe(back));
        Assert.Equal(answer[12..20], back[40..48]);
        Assert.Equal(answer[20..], back[48..]);
    }

    [Fact]
    public void Gateway_OtherTraffic_PassesToTheKernel()
    {
        TestDirector director = Director();
        Assert.Equal($"10.0.0.2:5000 > {Gateway}:53 UDP", director.Answer(Wire.Udp("10.0.0.2:5000", $"{Gateway}:53")));
        Assert.Equal($"10.0.0.2 > {Gateway} ICMP 8/0", director.Answer(Wire.Echo("10.0.0.2", Gateway, 7)));
    }

    [Fact]
    public void OutsideClient_KeepsItsAddress()
    {
        TestDirector director = Director();
        Assert.Equal("192.0.2.11:2000 > 10.0.0.2:80 S", director.Answer(Wire.Tcp("192.0.2.11:2000", Web, "S")));
    }

    [Fact]
    public void V6_InsideClient_SourceIsGateway()
    {
        TestDirector director = Director();
        Assert.Equal("2001:db8:1::1", director.Core.Options.GatewayV6!.Value.ToString());
        ConnectionRecord record = new(
            ConnectionKind.Service, TransportProtocol.Tcp, Ip.Parse("2001:db8:1::50"), 2000, Ip.Parse("2001:db8::100"), 80, Ip.Parse("2001:db8:1::2"), 80, ConnectionState.None, 1000);
        HaLvs.Forwarder.Nat.Hairpin hairpin = new(director.Core.Connections, 1);
        NetworkFacts facts = new(director.Core.Options, [], []);
        Assert.True(hairpin.TryComplete(ref record, onePacket: false, facts, director.Now));
        Assert.Equal(("2001:db8:1::1", (ushort)2000), (record.Gateway.ToString(), record.GatewayPort));
    }

    private static TestDirector Director(int node = 0, int nodes = 1) => new TestDirector(o => o with
    {
        Inside = (Ip.Parse("10.0.0.0"), 24),
        InsideV6 = (Ip.Parse("2001:db8:1::"), 64),
        Gateway = Ip.Parse(Gateway),
        GatewayV6 = Ip.Parse("2001:db8:1::1"),
        NodeIndex = node,
        NodeCount = nodes,
    }).Service($"{Web}/tcp", "rr", "10.0.0.2:80").Service("192.0.2.100:53/udp", "rr", "10.0.0.2:53");
}
