using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Nat;

public sealed class MasqueradeTests
{
    private const string Inside = "10.0.0.2:5000";
    private const string Far = "198.51.100.1:443";
    private const string Vip = TestDirector.Vip;

    [Fact]
    public void Conversation_FromInside_UnderTheVirtualAddressAndBack()
    {
        TestDirector director = TestDirector.Masquerading();
        (byte[] In, string Out)[] table =
        [
            (Wire.Tcp(Inside, Far, "S"), $"{Vip}:5000 > {Far} S"),
            (Wire.Tcp(Far, $"{Vip}:5000", "SA"), $"{Far} > {Inside} SA"),
            (Wire.Tcp(Inside, Far, "A"), $"{Vip}:5000 > {Far} A"),
            (Wire.Tcp(Far, $"{Vip}:5000", "PA", "data"), $"{Far} > {Inside} PA"),
            (Wire.Udp("10.0.0.3:53", "198.51.100.9:53", "q"), $"{Vip}:53 > 198.51.100.9:53 UDP"),
            (Wire.Udp("198.51.100.9:53", $"{Vip}:53", "a"), "198.51.100.9:53 > 10.0.0.3:53 UDP"),
            (Wire.Echo("10.0.0.3", "198.51.100.9", 77), $"{Vip} > 198.51.100.9 ICMP 8/0"),
            (Wire.Echo("198.51.100.9", Vip, 77, reply: true), "198.51.100.9 > 10.0.0.3 ICMP 0/0"),
        ];
        foreach ((byte[] packet, string expected) in table)
        {
            byte[] left = director.Send(packet)!;
            Assert.Equal(expected, Wire.Describe(left));
            Assert.True(ReferenceChecksum.IsValid(left), expected);
        }

        Assert.All(director.Connections(), c => Assert.Equal(ConnectionKind.Masquerade, c.Kind));
    }

    [Fact]
    public void States_RolesMirrored_InsideIsTheInitiator()
    {
        TestDirector director = TestDirector.Masquerading();
        ConnectionState After(byte[] packet)
        {
            Assert.NotNull(director.Send(packet));
            return Assert.Single(director.Connections()).State;
        }

        Assert.Equal(ConnectionState.SynRecv, After(Wire.Tcp(Inside, Far, "S")));
        Assert.Equal(ConnectionState.SynRecv, After(Wire.Tcp(Far, $"{Vip}:5000", "SA")));
        Assert.Equal(ConnectionState.Established, After(Wire.Tcp(Inside, Far, "A")));
        Assert.Equal(ConnectionState.FinWait, After(Wire.Tcp(Far, $"{Vip}:5000", "FA")));
        Assert.Equal(ConnectionState.TimeWait, After(Wire.Tcp(Inside, Far, "FA")));
    }

    [Fact]
    public void Port_TakenByAnotherOrByAService_AnotherIsChosen()
    {
        TestDirector director = TestDirector.Masquerading();
        director.Service($"{Vip}:5001/tcp", "rr", "10.0.0.2:80");
        Assert.Equal($"{Vip}:5000 > {Far} S", director.Answer(Wire.Tcp("10.0.0.2:5000", Far, "S")));
        string second = director.Answer(Wire.Tcp("10.0.0.3:5000", Far, "S"));
        string service = director.Answer(Wire.Tcp("10.0.0.3:5001", Far, "S"));
        string elsewhere = director.Answer(Wire.Tcp("10.0.0.3:5000", "198.51.100.2:443", "S"));
        Assert.DoesNotContain(":5000 >", second, StringComparison.Ordinal);
        Assert.DoesNotContain(":5001 >", service, StringComparison.Ordinal);
        Assert.Equal($"{Vip}:5000 > 198.51.100.2:443 S", elsewhere);

        string changed = second.Split(' ')[0];
        Assert.InRange(Wire.Port(changed), 1024, 65_535);
        Assert.Equal($"{Far} > 10.0.0.3:5000 SA", director.Answer(Wire.Tcp(Far, changed, "SA")));
    }

    [Fact]
    public void Ports_NodesOfAPair_OwnHalvesAndSyncedFlowsKept()
    {
        TestDirector[] nodes = [.. new[] { 0, 1 }.Select(node => new TestDirector(
            o => o with { Masquerade = true, Inside = (Wire.Address("10.0.0.0"), 24), NodeIndex = node, NodeCount = 2 }))];
        string[] low = [.. nodes.Select(n => n.Answer(Wire.Tcp("10.0.0.2:5000", Far, "S")).Split(' ')[0])];
        string[] high = [.. nodes.Select(n => n.Answer(Wire.Tcp("10.0.0.2:50000", Far, "S")).Split(' ')[0])];
        Assert.Equal(($"{Vip}:5000", $"{Vip}:50000"), (low[0], high[1]));
        Assert.InRange(Wire.Port(high[0]), 1024, 33_279);
        Assert.InRange(Wire.Port(low[1]), 33_280, 65_535);

        foreach (ConnectionRecord record in nodes[0].Connections())
        {
            nodes[1].Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, record), nodes[1].Now);
        }

        Assert.Equal($"{Far} > 10.0.0.2:5000 SA", nodes[1].Answer(Wire.Tcp(Far, low[0], "SA")));
        Assert.Equal($"{low[0]} > {Far} A", nodes[1].Answer(Wire.Tcp("10.0.0.2:5000", Far, "A")));
    }

    [Fact]
    public void Echo_IdentifierTaken_ChangedAndRestored()
    {
        TestDirector director = TestDirector.Masquerading();
        director.Send(Wire.Echo("10.0.0.2", "198.51.100.9", 5));
        byte[] left = director.Send(Wire.Echo("10.0.0.3", "198.51.100.9", 5))!;
        ushort identifier = (ushort)((left[24] << 8) | left[25]);
        Assert.NotEqual(5, identifier);
        byte[] back = director.Send(Wire.Echo("198.51.100.9", Vip, identifier, reply: true))!;
        Assert.Equal(Wire.Echo("198.51.100.9", "10.0.0.3", 5, reply: true)[20..], back[20..]);
    }

    [Fact]
    public void Ports_AllTaken_ExhaustedAndCounted()
    {
        TestDirector director = new(o => o with { Capacity = 70_000, Masquerade = true, Inside = (Wire.Address("10.0.0.0"), 24) });
        for (int port = 1024; port <= 65_535; port++)
        {
            director.Send(Wire.Udp($"10.0.0.2:{port}", "198.51.100.9:53"));
        }

        Assert.Null(director.Send(Wire.Udp("10.0.0.3:2000", "198.51.100.9:53")));
        Assert.Equal(1, director.Core.Counters.Dropped(DropReason.PortsExhausted));
    }

    [Fact]
    public void Error_AboutMasqueradedPacket_BothHeadersTranslated()
    {
        TestDirector director = TestDirector.Masquerading();
        foreach ((byte[] sent, int ports) in new[]
        {
            (Wire.Tcp("10.0.0.2:5000", Far, "S"), 20), (Wire.Udp("10.0.0.2:5000", Far, "data"), 20), (Wire.Echo("10.0.0.2", "198.51.100.1", 5), 24),
        })
        {
            byte[] outside = director.Send(sent)!;
            byte[] error = director.Send(Wire.Icmp("203.0.113.1", Vip, 11, 0, 0, outside))!;
            Assert.Equal("203.0.113.1 > 10.0.0.2 ICMP 11/0", Wire.Describe(error));
            Assert.True(ReferenceChecksum.IsValid(error));
            byte[] quoted = error[28..];
            Assert.True(ReferenceChecksum.IsValid(quoted));
            Assert.Equal(sent[12..20], quoted[12..20]);
            Assert.Equal(sent[ports..], quoted[ports..]);
        }
    }

    [Fact]
    public void Segment_InTheMiddleOfNothing_DroppedNotLeaked()
    {
        TestDirector director = TestDirector.Masquerading();
        Assert.Null(director.Send(Wire.Tcp(Inside, Far, "PA", "x")));
        Assert.Equal(1, director.Core.Counters.Dropped(DropReason.NoConnection));
    }

    [Fact]
    public void Off_InsideSource_PassesUnchanged()
    {
        TestDirector director = new();
        Assert.Equal($"{Inside} > {Far} S", director.Answer(Wire.Tcp(Inside, Far, "S")));
        Assert.Equal(1, director.Core.Counters.PassedPackets);
        Assert.Equal(0, director.Core.ConnectionCount);
    }

    [Theory]
    [InlineData("10.0.1.2:5000", Far)]
    [InlineData(Inside, "10.0.0.9:80")]
    [InlineData(Inside, "224.0.0.5:80")]
    public void On_NotFromInsideToOutside_PassesUnchanged(string from, string to)
    {
        TestDirector director = TestDirector.Masquerading();
        Assert.Equal($"{from} > {to} S", director.Answer(Wire.Tcp(from, to, "S")));
    }

    [Fact]
    public void SynOnFinishedFlow_SameInsidePort_NewFlow()
    {
        TestDirector director = TestDirector.Masquerading();
        director.Send(Wire.Tcp(Inside, Far, "S"));
        director.Send(Wire.Tcp(Far, $"{Vip}:5000", "RA"));
        Assert.Equal(ConnectionState.Close, Assert.Single(director.Connections()).State);
        Assert.NotNull(director.Send(Wire.Tcp(Inside, Far, "S")));
        Assert.Equal(ConnectionState.SynRecv, Assert.Single(director.Connections()).State);
        Assert.Equal(2, director.Core.Counters.NewConnections);
    }
}
