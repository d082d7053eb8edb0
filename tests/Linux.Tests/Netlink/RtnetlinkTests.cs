using System.Net;
using HaLvs.Linux.Netlink;
using Xunit.Abstractions;

namespace HaLvs.Linux.Tests.Netlink;

public sealed class RtnetlinkTests(ITestOutputHelper output)
{
    private const byte Mark = 147;
    private static readonly IPAddress Virtual = IPAddress.Parse("192.0.2.100");

    [Fact]
    public void FindLink_KnownAndUnknown_ShowsWhatIpShows() => In((space, netlink) =>
    {
        Link link = netlink.Link("e0");
        Assert.True(link is { IsUp: true, HasCarrier: true, MtuBytes: 1500, Name: "e0" });
        Assert.Contains(Linux.Packets.HardwareAddress.Read(link.HardwareAddress.Span).ToString(), space.Ip("link show e0"), StringComparison.Ordinal);
        Assert.Null(netlink.FindLink("absent0"));
        LinuxException error = Assert.Throws<LinuxException>(() => netlink.Link("absent0"));
        Assert.Contains("absent0", error.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void SetLink_MtuQueueDown_IsReadBack() => In((_, netlink) =>
    {
        netlink.SetMtu(netlink.Link("e0"), 9000);
        netlink.SetTransmitQueueLength(netlink.Link("e0"), 777);
        netlink.SetLinkUp(netlink.Link("e0"), false);
        Assert.True(netlink.Link("e0") is { MtuBytes: 9000, TransmitQueueLength: 777, IsUp: false });
        Assert.False(netlink.Link("e1").HasCarrier);
    });

    [Fact]
    public void SetMtu_Refused_CarriesTheKernelsText() => In((_, netlink) =>
    {
        LinuxException error = Assert.Throws<LinuxException>(() => netlink.SetMtu(netlink.Link("e0"), 10));
        Assert.Contains("mtu less than device minimum", error.Message, StringComparison.Ordinal);
        Assert.Contains("e0", error.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Addresses_AddListDelete_CarryTheMark() => In((space, netlink) =>
    {
        int index = netlink.Link("e0").Index;
        space.Ip("address add 10.0.0.251/24 dev e0");
        InterfaceAddress gateway = new(index, IPAddress.Parse("10.0.0.1"), 24) { Protocol = Mark };
        Assert.True(netlink.AddAddress(gateway));
        Assert.False(netlink.AddAddress(gateway));
        Assert.Contains(netlink.Addresses(index), a => a.Address.Equals(gateway.Address) && a is { Protocol: Mark, IsSecondary: true });
        Assert.True(netlink.DeleteAddress(gateway));
        Assert.False(netlink.DeleteAddress(gateway));
        Assert.Equal("10.0.0.251/24", Assert.Single(netlink.Addresses(index)).ToString());
    });

    [Fact]
    public void AddAddress_WithoutPrefixRoute_AddsNoRoute() => In((space, netlink) =>
    {
        netlink.AddAddress(new InterfaceAddress(netlink.Link("e0").Index, IPAddress.Parse("10.9.0.1"), 24) { WithoutPrefixRoute = true });
        Assert.DoesNotContain("10.9.0.0/24", space.Ip("route show"), StringComparison.Ordinal);
        Assert.True(netlink.Addresses().Single(a => a.ToString() == "10.9.0.1/24").WithoutPrefixRoute);
    });

    [Fact]
    public void Routes_AddReplaceDelete_InLargeTable() => In((space, netlink) =>
    {
        space.Ip("address add 10.0.0.251/24 dev e0");
        Link link = netlink.Link("e0");
        Route direct = Route.Default(link.Index) with { Table = 18801, Protocol = Mark };
        Assert.True(netlink.AddRoute(direct));
        Assert.False(netlink.AddRoute(direct));
        Route by = direct with { Gateway = IPAddress.Parse("10.0.0.252") };
        netlink.ReplaceRoute(by);
        Assert.Equal(by, Assert.Single(netlink.Routes(Mark, 18801)));
        Assert.Contains("default via 10.0.0.252 dev e0 proto 147", space.Ip("route show table 18801"), StringComparison.Ordinal);
        Assert.True(netlink.DeleteRoute(by));
        Assert.False(netlink.DeleteRoute(by));
        Assert.Empty(netlink.Routes(Mark));
    });

    [Fact]
    public void AddRoute_OperatorsRouteInPlace_IsLeftAlone() => In((space, netlink) =>
    {
        space.Ip("route add 192.0.2.100/32 dev e1");
        Route ours = Route.ToHost(Virtual, netlink.Link("e0").Index) with { Protocol = Mark };
        Assert.False(netlink.AddRoute(ours));
        Assert.False(netlink.DeleteRoute(ours));
        Assert.Contains("192.0.2.100 dev e1", space.Ip("route show"), StringComparison.Ordinal);
    });

    [Fact]
    public void RouteTo_LocalRemoteNone_IsToldApart() => In((space, netlink) =>
    {
        Assert.Null(netlink.RouteTo(Virtual));
        space.Ip("address add 192.0.2.251/24 dev e0");
        Assert.True(netlink.RouteTo(Virtual) is { PrefixLength: 24, IsLocal: false });
        Assert.True(netlink.RouteTo(IPAddress.Parse("192.0.2.251")) is { PrefixLength: 32, IsLocal: true });
    });

    [Fact]
    public void Rules_AddListDelete_CarryTheMark() => In((space, netlink) =>
    {
        RoutingRule rule = new("e0", 18801, 147) { Protocol = Mark };
        space.Ip("rule add iif e0 lookup 7 priority 50");
        Assert.True(netlink.AddRule(rule));
        Assert.False(netlink.AddRule(rule));
        Assert.Equal(rule, Assert.Single(netlink.Rules(Mark)));
        Assert.Contains("147:\tfrom all iif e0 lookup 18801 proto 147", space.Ip("rule show"), StringComparison.Ordinal);
        Assert.True(netlink.DeleteRule(rule));
        Assert.False(netlink.DeleteRule(rule));
        Assert.Contains("iif e0 lookup 7", space.Ip("rule show"), StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("")]
    [InlineData("rule add pref 0 lookup local")]
    public void PutRuleBeforeLocal_OnceOrAgain_OursThenLocalAndLocalStays(string interrupted) => In((space, netlink) =>
    {
        RoutingRule rule = new("e0", 18801, 0) { Protocol = Mark, Destination = IPAddress.Parse("10.0.0.1"), Transport = 6 };
        if (interrupted.Length > 0)
        {
            netlink.AddRule(rule);
            space.Ip(interrupted);
        }

        for (int i = 0; i < 2; i++)
        {
            netlink.PutRuleBeforeLocal(rule);
            string[] first = [.. space.Ip("rule show").Split('\n').Where(r => r.StartsWith("0:", StringComparison.Ordinal)).Select(r => r.Trim())];
            Assert.Equal(["0:\tfrom all to 10.0.0.1 iif e0 ipproto tcp lookup 18801 proto 147", "0:\tfrom all lookup local"], first.Take(2).Select(r => r));
            Assert.All(first.Skip(1), r => Assert.StartsWith("0:\tfrom all lookup local", r, StringComparison.Ordinal));
        }

        Assert.Equal(rule, Assert.Single(netlink.Rules(Mark)));
        Assert.True(netlink.DeleteRule(rule));
        Assert.Contains("0:\tfrom all lookup local", space.Ip("rule show"), StringComparison.Ordinal);
    });

    [Fact]
    public void ProxyNeighbours_AddListDelete_CarryTheMark() => In((space, netlink) =>
    {
        ProxyNeighbour proxy = new(Virtual, netlink.Link("e0").Index) { Protocol = Mark };
        netlink.AddProxyNeighbour(proxy);
        netlink.AddProxyNeighbour(proxy);
        Assert.Equal(proxy, Assert.Single(netlink.ProxyNeighbours()));
        Assert.Contains("192.0.2.100 dev e0", space.Ip("neigh show proxy"), StringComparison.Ordinal);
        Assert.True(netlink.DeleteProxyNeighbour(proxy));
        Assert.False(netlink.DeleteProxyNeighbour(proxy));
    });

    [Fact]
    public void StartResolving_NeighbourAnswers_IsResolved() => In((space, netlink) =>
    {
        // Two ends of one cable need two namespaces to talk by ARP.
        using TestNamespace other = new();
        space.Ip($"link set e1 name far netns {other.Name}");
        other.Ip("link set far up");
        other.Ip("address add 10.0.0.252/24 dev far");
        space.Ip("address add 10.0.0.251/24 dev e0");
        int index = netlink.Link("e0").Index;
        IPAddress far = IPAddress.Parse("10.0.0.252");
        Assert.False(netlink.IsResolved(far, index));
        netlink.StartResolving(far, index);
        Assert.True(SpinWait.SpinUntil(() => netlink.IsResolved(far, index), TimeSpan.FromSeconds(5)));
    });

    [Fact]
    public void Rtnetlink_FiftyThousandRoutes_DumpIsComplete() => In((space, netlink) =>
    {
        int index = netlink.Link("e0").Index;
        for (int i = 0; i < 50_000; i++)
            netlink.AddRoute(Route.ToHost(new IPAddress([20, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), index) with { Protocol = Mark });
        Assert.Equal(50_000, netlink.Routes(Mark).Count);
    });

    [Fact]
    public void LinkMonitor_CableAndDelete_AreNews() => In((space, netlink) =>
    {
        using LinkMonitor monitor = new();
        using Poller poller = new(monitor.Handle);
        List<Link> news = [];
        space.Ip("link set e1 down");
        Assert.True(Until(poller, monitor, news, link => link is { Name: "e0", HasCarrier: false }));
        space.Ip("link set e1 up");
        news.Clear();
        Assert.True(Until(poller, monitor, news, link => link is { Name: "e0", HasCarrier: true }));
        space.Ip("link delete e0");
        Assert.True(Until(poller, monitor, news, link => link is { Name: "e0", IsGone: true }));
    });

    private static bool Until(Poller poller, LinkMonitor monitor, List<Link> news, Func<Link, bool> wanted)
    {
        TimeSpan deadline = MonotonicClock.Now + TimeSpan.FromSeconds(5);
        while (!news.Any(wanted) && MonotonicClock.Now < deadline)
        {
            poller.Wait(TimeSpan.FromMilliseconds(100));
            monitor.Read(news);
        }

        return news.Any(wanted);
    }

    private void In(Action<TestNamespace, Rtnetlink> test)
    {
        if (!TestNamespace.Possible(output.WriteLine))
            return;
        using TestNamespace space = new();
        space.Run(() =>
        {
            using Rtnetlink netlink = new();
            test(space, netlink);
        });
    }
}
