using HaLvs.Director.Offload;
using HaLvs.Forwarder.Offload;
using HaLvs.Forwarder.Packets;
using HaLvs.Linux.Offload;
using HaLvs.Linux.Packets;
using NextHops = HaLvs.Director.Offload.NextHops;

namespace HaLvs.Director.Tests.Offload;

public sealed class NextHopsTests
{
    private static readonly Ip Virtual = Ip.Parse("192.0.2.100");
    private readonly FakeNetwork _network = new();
    private readonly Dictionary<int, OffloadNextHop?> _written = [];

    [Fact]
    public void Of_ClientsBehindOneGateway_ShareAnEntry()
    {
        NextHops hops = Make();
        _network.Ways["203.0.113.1"] = _network.Ways["203.0.113.2"] = ("192.0.2.1", 2);
        _network.Known["192.0.2.1"] = 0x0200c0000201;
        int first = hops.Of(Virtual, Ip.Parse("203.0.113.1"));
        Assert.Equal(first, hops.Of(Virtual, Ip.Parse("203.0.113.2")));
        Assert.Equal(new OffloadNextHop(2, new HardwareAddress(0x0200c0000201), new HardwareAddress(2), 1500), Assert.Single(_written).Value);
        Assert.Equal((1, 1), (hops.Count, hops.ValidCount));
    }

    [Fact]
    public void Of_NoWay_IsNone() => Assert.Equal(NextHops.None, Make().Of(Virtual, Ip.Parse("203.0.113.1")));

    /// <summary>The address is asked for; until the neighbour answers, its flows stay on the user path; one write points all of them.</summary>
    [Fact]
    public void Refresh_NeighbourAnswersMovesAndFails_OneWriteEach()
    {
        NextHops hops = Make();
        _network.Ways["203.0.113.1"] = ("192.0.2.1", 2);
        int index = hops.Of(Virtual, Ip.Parse("203.0.113.1"));
        Assert.Empty(_written);
        Assert.Equal(["192.0.2.1"], _network.Asked);

        _network.Known["192.0.2.1"] = 1;
        Assert.False(hops.Refresh());
        Assert.Equal(1ul, _written[index]!.Value.Destination.Value);
        _network.Known["192.0.2.1"] = 7;
        hops.Refresh();
        Assert.Equal(7ul, _written[index]!.Value.Destination.Value);
        _network.Known.Remove("192.0.2.1");
        hops.Refresh();
        Assert.Null(_written[index]);
    }

    [Fact]
    public void Refresh_RoutesChanged_TellsAndAsksAnew()
    {
        NextHops hops = Make();
        _network.Ways["203.0.113.1"] = ("192.0.2.1", 2);
        int before = hops.Of(Virtual, Ip.Parse("203.0.113.1"));
        _network.Ways["203.0.113.1"] = ("192.0.2.2", 2);
        Assert.Equal(before, hops.Of(Virtual, Ip.Parse("203.0.113.1")));
        _network.RoutesChanged = true;
        Assert.True(hops.Refresh());
        Assert.NotEqual(before, hops.Of(Virtual, Ip.Parse("203.0.113.1")));
    }

    [Fact]
    public void SetServers_WithoutConfiguration_NotValidUntilItIsBack()
    {
        NextHops hops = Make();
        _network.Ways["10.0.0.2"] = ("10.0.0.2", 3);
        _network.Known["10.0.0.2"] = 9;
        OffloadServer server = new(5, Ip.Parse("10.0.0.2"), true);
        hops.SetServers([server]);
        int index = hops.OfServer(5);
        Assert.Equal(9ul, _written[index]!.Value.Destination.Value);
        hops.SetServers([server with { IsConfigured = false }]);
        Assert.Null(_written[index]);
        hops.Refresh();
        Assert.Null(_written[index]);
        hops.SetServers([server]);
        Assert.Equal((index, 9ul), (hops.OfServer(5), _written[index]!.Value.Destination.Value));
    }

    [Fact]
    public void SetServers_SlotOfAnother_OldFlowsCannotReachIt()
    {
        NextHops hops = Make();
        foreach (string address in new[] { "10.0.0.2", "10.0.0.3" })
        {
            _network.Ways[address] = (address, 3);
            _network.Known[address] = 9;
        }

        hops.SetServers([new OffloadServer(5, Ip.Parse("10.0.0.2"), true)]);
        int index = hops.OfServer(5);
        hops.SetServers([]);
        Assert.Equal((NextHops.None, null), (hops.OfServer(5), _written[index]));
        hops.SetServers([new OffloadServer(5, Ip.Parse("10.0.0.3"), true)]);
        Assert.NotNull(_written[hops.OfServer(5)]);
    }

    [Fact]
    public void Of_TableFull_IsNoneForWhatIsNew()
    {
        NextHops hops = Make(capacity: 2);
        _network.Ways["203.0.113.1"] = ("203.0.113.1", 2);
        _network.Ways["203.0.113.2"] = ("203.0.113.2", 2);
        Assert.Equal(1, hops.Of(Virtual, Ip.Parse("203.0.113.1")));
        Assert.Equal(NextHops.None, hops.Of(Virtual, Ip.Parse("203.0.113.2")));
    }

    private NextHops Make(int capacity = 100) => new(_network, (index, hop) => _written[index] = hop, capacity);

    private sealed class FakeNetwork : INextHopNetwork
    {
        public Dictionary<string, (string Neighbour, int Link)> Ways { get; } = [];

        public Dictionary<string, ulong> Known { get; } = [];

        public List<string> Asked { get; } = [];

        public bool RoutesChanged { get; set; }

        public bool Look() => RoutesChanged;

        public (Ip Neighbour, int InterfaceIndex)? WayTo(Ip? source, Ip destination) =>
            Ways.TryGetValue(destination.ToString(), out var way) ? (Ip.Parse(way.Neighbour), way.Link) : null;

        public OffloadNextHop? Resolve(Ip neighbour, int interfaceIndex)
        {
            if (Known.TryGetValue(neighbour.ToString(), out ulong hardware))
                return new OffloadNextHop(interfaceIndex, new HardwareAddress(hardware), new HardwareAddress((ulong)interfaceIndex), 1500);
            Asked.Add(neighbour.ToString());
            return null;
        }
    }
}
