using System.Net;
using HaLvs.Linux.Netlink;
using Xunit.Abstractions;

namespace HaLvs.Linux.Tests.Netlink;

/// <summary>Where a translated packet goes: by which interface, to whom, and how we hear that it changed.</summary>
public sealed class NextHopTests(ITestOutputHelper output)
{
    private static readonly IPAddress Virtual = IPAddress.Parse("192.0.2.100");

    [Theory]
    [InlineData("192.0.2.100", "203.0.113.9", "10.0.0.7")]
    [InlineData("192.0.2.100", "10.0.0.9", null)]
    [InlineData("192.0.2.100", "198.51.100.1", "10.0.0.8")]
    [InlineData("2001:db8::100", "2001:db8:9::1", "fd00:10::7")]
    [InlineData("2001:db8::100", "fd00:10::9", null)]
    public void ForwardingRoute_FromTheTun_GatewayAndInterface(string from, string to, string? gateway) => In((space, netlink) =>
    {
        using TunDevice tun = Prepared(space);
        Route? route = netlink.ForwardingRoute(IPAddress.Parse(from), IPAddress.Parse(to), netlink.Link("halvs0").Index);
        Assert.Equal((netlink.Link("e0").Index, gateway), (route?.InterfaceIndex ?? 0, route?.Gateway?.ToString()));
    });

    [Fact]
    public void ForwardingRoute_Nowhere_IsNull() => In((space, netlink) =>
    {
        using TunDevice tun = Prepared(space);
        space.Ip("route add unreachable 198.51.100.7");
        Assert.Null(netlink.ForwardingRoute(Virtual, IPAddress.Parse("198.51.100.7"), netlink.Link("halvs0").Index));
        Assert.Null(netlink.ForwardingRoute(Virtual, IPAddress.Parse("10.0.0.251"), netlink.Link("halvs0").Index));
    });

    [Fact]
    public void Neighbours_KnownAndFailed_HardwareAddressOrNone() => In((space, netlink) =>
    {
        space.Ip("address add 10.0.0.251/24 dev e0");
        space.Ip("neigh replace 10.0.0.7 lladdr 02:00:0a:00:00:07 dev e0 nud stale");
        space.Ip("neigh replace 10.0.0.8 dev e0 nud failed");
        int index = netlink.Link("e0").Index;
        Neighbour known = netlink.Neighbours().Single(n => n.Address.ToString() == "10.0.0.7");
        Assert.Equal((index, "02000A000007", true, true), (known.InterfaceIndex, Convert.ToHexString(known.HardwareAddress.Span), known.IsUsable, known.IsStale));
        Assert.False(netlink.Neighbours().Single(n => n.Address.ToString() == "10.0.0.8").IsUsable);
    });

    [Theory]
    [InlineData("neigh replace 10.0.0.7 lladdr 02:00:0a:00:00:07 dev e0")]
    [InlineData("route add 203.0.113.0/24 via 10.0.0.7")]
    [InlineData("-6 route add 2001:db8:7::/64 dev e0")]
    [InlineData("rule add pref 77 to 203.0.113.0/24 lookup 7")]
    [InlineData("link set e0 mtu 1400")]
    public void NetworkNews_Change_Told(string change) => In((space, _) =>
    {
        space.Ip("address add 10.0.0.251/24 dev e0");
        using NetworkNews news = new();
        using Poller poller = new(news.Handle);
        while (poller.Wait(TimeSpan.FromMilliseconds(200)) > 0)
            news.Take();
        Assert.False(news.Take());
        space.Ip(change);
        Assert.Equal(1, poller.Wait(TimeSpan.FromSeconds(5)));
        Assert.True(news.Take());
    });

    private static TunDevice Prepared(TestNamespace space)
    {
        TunDevice tun = TunDevice.Open("halvs0");
        TestNamespace.Shell($"ip netns exec {space.Name} sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.halvs0.rp_filter=0 net.ipv4.conf.all.rp_filter=0");
        space.Ip("link set halvs0 up");
        space.Ip("route add 192.0.2.100/32 dev halvs0");
        space.Ip("-6 route add 2001:db8::100/128 dev halvs0");
        space.Ip("address add 10.0.0.251/24 dev e0");
        space.Ip("address add fd00:10::251/64 dev e0 nodad");
        space.Ip("route add default via 10.0.0.7");
        space.Ip("route add 198.51.100.0/24 via 10.0.0.8");
        space.Ip("-6 route add default via fd00:10::7");
        return tun;
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
