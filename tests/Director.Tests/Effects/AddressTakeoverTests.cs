using System.Diagnostics;
using System.Net;
using HaLvs.Director.Effects;
using HaLvs.Linux;
using HaLvs.Linux.Netlink;
using HaLvs.Linux.Packets;
using Xunit.Abstractions;

namespace HaLvs.Director.Tests.Effects;

public sealed class AddressTakeoverTests(ITestOutputHelper output)
{
    private static readonly IPAddress Client = IPAddress.Parse("192.0.2.10");
    private static readonly IPAddress Server = IPAddress.Parse("10.0.0.2");
    private static readonly IPAddress Client6 = IPAddress.Parse("2001:db8::10");
    private static readonly IPAddress Server6 = IPAddress.Parse("fd00:10::2");

    [Fact]
    public void Take_OnA_ClientAndServerReachTheCoreOfA() => With(network =>
    {
        using FakeDirector a = network.Start("a");
        a.PrepareAndTake();
        network.In("client", "ping -c 1 -W 0.2 192.0.2.100 || true");
        Assert.NotNull(a.Receive(Client, TwoDirectorsNetwork.Virtual));
        AssertNeighbour(network, "client", "192.0.2.100", network.HardwareAddress("a", "ext"));
        network.In("server", "ping -c 1 -W 0.2 192.0.2.10 || true");
        Assert.NotNull(a.Receive(Server, Client));
        AssertNeighbour(network, "server", "10.0.0.1", network.HardwareAddress("a", "int"));
    });

    [Fact]
    public void Take_Twice_IsTheSameAsOnce() => With(network =>
    {
        using FakeDirector a = network.Start("a");
        a.PrepareAndTake();
        string once = Everything(network, "a");
        a.PrepareAndTake();
        Assert.Equal(once, Everything(network, "a"));
    });

    [Fact]
    public void Take_ArpForTheVirtualAddress_IsAnsweredWithoutDelay() => With(network =>
    {
        using FakeDirector a = network.Start("a");
        a.PrepareAndTake();
        NetworkNamespace.Run(network.Name("client"), () =>
        {
            using Rtnetlink netlink = new();
            using AddressProbe probe = new(netlink.Link("eth"), echoIdentifier: 1);
            _ = probe.Ask([TwoDirectorsNetwork.Virtual], Client, TimeSpan.FromSeconds(5), enough: _ => true);

            // The kernel's default puts each answer off by a random time of up to 0.8 s: ten in a row under 100 ms cannot be luck.
            for (int i = 0; i < 10; i++)
                Assert.NotEmpty(probe.Ask([TwoDirectorsNetwork.Virtual], Client, TimeSpan.FromMilliseconds(100), enough: _ => true));
        });
    });

    [Fact]
    public void Release_AfterTake_EverythingIsAsBefore() => With(network =>
    {
        network.Ip("a", "route add 203.0.113.0/24 via 192.0.2.10");
        network.Ip("a", "rule add iif int lookup 7 priority 5000");
        network.Ip("a", "neigh add proxy 192.0.2.77 dev ext");
        using FakeDirector a = network.Start("a");
        a.In(takeover => takeover.Prepare());
        string before = Everything(network, "a");
        a.PrepareAndTake();
        Assert.NotEqual(before, Everything(network, "a"));
        a.In(takeover => Assert.Null(takeover.Release(holdForHandover: false)));
        Assert.Equal(before, Everything(network, "a"));
        a.In(takeover => Assert.Null(takeover.Release(holdForHandover: false)));
        Assert.NotNull(AnnounceError(a));
    });

    [Fact]
    public void Release_GatewayWasFirstOnTheInterface_OperatorsAddressStays() => With(network =>
    {
        network.Ip("a", "address del 10.0.0.251/24 dev int");
        using FakeDirector a = network.Start("a");
        a.PrepareAndTake();
        network.Ip("a", "address add 10.0.0.251/24 dev int");
        a.In(takeover => Assert.Null(takeover.Release(holdForHandover: false)));
        Assert.Contains("10.0.0.251/24", network.Ip("a", "address show int"), StringComparison.Ordinal);
        Assert.Contains("10.0.0.0/24", network.Ip("a", "route show"), StringComparison.Ordinal);
    });

    [Fact]
    public void Dispose_AfterTake_SysctlsAreAsBefore() => With(network =>
    {
        network.In("a", "sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.ext.forwarding=0 net.ipv4.neigh.ext.proxy_delay=55");
        string before = Sysctls(network, "a");
        using (FakeDirector a = network.Start("a"))
        {
            a.PrepareAndTake();
            Assert.Equal("2", network.In("a", "sysctl -n net.ipv4.conf.halvs0.rp_filter").Trim());
            Assert.Equal("0", network.In("a", "sysctl -n net.ipv4.neigh.ext.proxy_delay").Trim());
            Assert.Equal("0", network.In("a", "sysctl -n net.ipv4.ip_forward").Trim());
        }

        Assert.Equal(before, Sysctls(network, "a"));
        Assert.False(File.Exists(network.Journal("a")));
    });

    [Fact]
    public void Prepare_AfterACrash_CleansUpAndKnowsTheOldSysctls() => With(network =>
    {
        string sysctls = Sysctls(network, "a"), entries = Everything(network, "a");
        FakeDirector crashed = network.Start("a");
        crashed.PrepareAndTake();
        crashed.Crash();
        Assert.Contains("10.0.0.1/24", network.Ip("a", "address show int"), StringComparison.Ordinal);
        using (FakeDirector next = network.Start("a"))
        {
            next.In(takeover => takeover.Prepare());
            Assert.Equal(entries, Everything(network, "a"));
        }

        Assert.Equal(sysctls, Sysctls(network, "a"));
    });

    [Fact]
    public void Prepare_OperatorHoldsTheAddresses_NamesEachAndTouchesNothing() => With(network =>
    {
        network.Ip("a", "address add 10.0.0.1/24 dev int");
        network.Ip("a", "address add 192.0.2.100/32 dev ext");
        network.Ip("a", "neigh add proxy 192.0.2.100 dev ext");
        string before = Everything(network, "a");
        using FakeDirector a = network.Start("a");
        LinuxException error = Assert.Throws<LinuxException>(() => a.In(takeover => takeover.Prepare()));
        Assert.Contains("ip address delete 10.0.0.1/24 dev int", error.Message, StringComparison.Ordinal);
        Assert.Contains("192.0.2.100 is a local address", error.Message, StringComparison.Ordinal);
        Assert.Contains("ip neigh delete proxy 192.0.2.100 dev ext", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Everything(network, "a"));
    });

    [Fact]
    public void Prepare_InterfacesMissing_NamesAllAtOnce() => With(network =>
    {
        network.Ip("a", "link delete ext");
        network.Ip("a", "link delete int");
        using FakeDirector a = network.Start("a");
        LinuxException error = Assert.Throws<LinuxException>(() => a.In(takeover => takeover.Prepare()));
        Assert.Contains("no external interface ext", error.Message, StringComparison.Ordinal);
        Assert.Contains("no internal interface int", error.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Take_TunIsGone_SaysWhyAndLeavesNothing() => With(network =>
    {
        using FakeDirector a = network.Start("a");
        a.In(takeover => takeover.Prepare());
        string before = Everything(network, "a");
        a.Tun.Dispose();
        string? why = null;
        a.In(takeover => why = takeover.Take());
        Assert.Contains("halvs0", why, StringComparison.Ordinal);
        Assert.Equal(before, Everything(network, "a"));
    });

    [Fact]
    public void Announce_AfterMoveToB_ClientsAndServersFollow() => With(network =>
    {
        using FakeDirector a = network.Start("a"), b = network.Start("b");
        a.PrepareAndTake();
        network.In("client", "ping -c 1 -W 0.2 192.0.2.100 || true");
        network.In("server", "ping -c 1 -W 0.2 10.0.0.1 || true");
        a.In(takeover => Assert.Null(takeover.Release(holdForHandover: false)));
        b.PrepareAndTake();
        AssertNeighbour(network, "client", "192.0.2.100", network.HardwareAddress("b", "ext"));
        AssertNeighbour(network, "server", "10.0.0.1", network.HardwareAddress("b", "int"));
    });

    [Fact]
    public void Relay_AfterHold_HeldAndLatePacketsReachBUntranslated() => With(network =>
    {
        using FakeDirector a = network.Start("a"), b = network.Start("b");
        a.PrepareAndTake();
        b.In(takeover => takeover.Prepare());
        network.In("client", "ping -c 1 -W 0.2 192.0.2.100 || true");
        network.In("server", "ping -c 1 -W 0.2 192.0.2.10 || true");
        Drain(a);
        a.In(takeover => Assert.Null(takeover.Release(holdForHandover: true)));
        Pin(network, "client", "192.0.2.100", "ext");
        Pin(network, "server", "10.0.0.1", "int");
        SendUdp(network, "client", "192.0.2.100", "held-out");
        SendUdp(network, "server", "192.0.2.10", "held-in");
        byte[] outside = a.Receive(Client, TwoDirectorsNetwork.Virtual)!, inside = a.Receive(Server, Client)!;
        b.In(takeover => Assert.Null(takeover.Take()));
        a.In(takeover => Assert.Null(takeover.Relay(IPAddress.Parse("192.0.2.252"), IPAddress.Parse("10.0.0.252"))));
        Assert.True(a.Tun.TryWrite(outside) && a.Tun.TryWrite(inside));
        AssertPayload(b.Receive(Client, TwoDirectorsNetwork.Virtual), "held-out");
        AssertPayload(b.Receive(Server, Client), "held-in");
        SendUdp(network, "client", "192.0.2.100", "late-out");
        SendUdp(network, "server", "192.0.2.10", "late-in");
        AssertPayload(b.Receive(Client, TwoDirectorsNetwork.Virtual), "late-out");
        AssertPayload(b.Receive(Server, Client), "late-in");
        Assert.Equal(0, Drain(a));
        a.In(takeover => Assert.Null(takeover.StopRelay()));
        Assert.DoesNotContain("147", Everything(network, "a"), StringComparison.Ordinal);
    });

    [Fact]
    public void Take_DuringARelay_ComesBackToTheCore() => With(network =>
    {
        using FakeDirector a = network.Start("a");
        a.PrepareAndTake();
        string taken = Everything(network, "a");
        a.In(takeover =>
        {
            Assert.Null(takeover.Release(holdForHandover: true));
            Assert.Null(takeover.Relay(IPAddress.Parse("192.0.2.252"), IPAddress.Parse("10.0.0.252")));
            Assert.Null(takeover.Take());
        });
        Assert.Equal(taken, Everything(network, "a"));
    });

    [Fact]
    public void Relay_WhileTheAddressesAreUp_IsRefused() => With(network =>
    {
        using FakeDirector a = network.Start("a");
        a.PrepareAndTake();
        string? why = null;
        a.In(takeover => why = takeover.Relay(IPAddress.Parse("192.0.2.252"), IPAddress.Parse("10.0.0.252")));
        Assert.Contains("still up", why, StringComparison.Ordinal);
    });

    [Fact]
    public void TakeAndRelease_Hundred_AreFast() => With(network =>
    {
        using FakeDirector a = network.Start("a");
        a.In(takeover =>
        {
            takeover.Prepare();
            Assert.Null(takeover.Take());
            Stopwatch watch = Stopwatch.StartNew();
            for (int i = 0; i < 100; i++)
            {
                Assert.Null(takeover.Release(holdForHandover: false));
                Assert.Null(takeover.Take());
                Assert.Null(takeover.Announce());
            }

            output.WriteLine($"release + take + announce: {watch.Elapsed.TotalMilliseconds / 100:F2} ms");
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");
        });
    });

    [Fact]
    public void Take_Ipv6_ClientAndServerReachTheCoreWithoutDelay() => With(network =>
    {
        using FakeDirector a = network.Start("a");
        a.PrepareAndTake();
        Stopwatch watch = Stopwatch.StartNew();
        SendUdp6(network, "client", "2001:db8::100", "out");
        AssertPayload6(a.Receive(Client6, TwoDirectorsNetwork.Virtual6), "out");
        SendUdp6(network, "server", "2001:db8::10", "in");
        AssertPayload6(a.Receive(Server6, Client6), "in");

        // A proxied solicitation is put off by up to 0.8 s by default, and a gateway in duplicate address detection answers after a second.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(0.7), $"{watch.Elapsed}");
        AssertNeighbour(network, "client", "2001:db8::100", network.HardwareAddress("a", "ext"));
        AssertNeighbour(network, "server", "fd00:10::1", network.HardwareAddress("a", "int"));
        Assert.DoesNotContain("tentative", network.Ip("a", "-6 address show int scope global"), StringComparison.Ordinal);
    });

    [Fact]
    public void Take_Ipv6_OtherInterfacesDoNotForward() => With(network =>
    {
        if (!Ipv6Settings.HasForceForwarding)
        {
            output.WriteLine("not run: before Linux 6.17 IPv6 forwards on all interfaces or on none (ADR 0017)");
            return;
        }

        using FakeDirector a = network.Start("a");
        a.PrepareAndTake();
        Assert.Equal("0", network.In("a", "sysctl -n net.ipv6.conf.all.forwarding").Trim());
        Assert.Equal("0", network.In("a", "sysctl -n net.ipv6.conf.lo.force_forwarding").Trim());
        Assert.Equal("1", network.In("a", "sysctl -n net.ipv6.conf.ext.force_forwarding").Trim());
    });

    [Fact]
    public void Prepare_Ipv6SwitchedOff_SaysHowToSwitchItOn() => With(network =>
    {
        network.In("a", "sysctl -qw net.ipv6.conf.int.disable_ipv6=1");
        using FakeDirector a = network.Start("a");
        LinuxException error = Assert.Throws<LinuxException>(() => a.In(takeover => takeover.Prepare()));
        Assert.Contains("sysctl -w net.ipv6.conf.int.disable_ipv6=0", error.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Announce_Ipv6AfterMoveToB_ClientsAndServersFollow() => With(network =>
    {
        using FakeDirector a = network.Start("a"), b = network.Start("b");
        a.PrepareAndTake();
        SendUdp6(network, "client", "2001:db8::100", "x");
        SendUdp6(network, "server", "fd00:10::1", "x");
        AssertNeighbour(network, "client", "2001:db8::100", network.HardwareAddress("a", "ext"));
        AssertNeighbour(network, "server", "fd00:10::1", network.HardwareAddress("a", "int"));
        a.In(takeover => Assert.Null(takeover.Release(holdForHandover: false)));
        b.PrepareAndTake();
        AssertNeighbour(network, "client", "2001:db8::100", network.HardwareAddress("b", "ext"));
        AssertNeighbour(network, "server", "fd00:10::1", network.HardwareAddress("b", "int"));
    });

    [Fact]
    public void Relay_Ipv6AfterHold_HeldAndLatePacketsReachBUntranslated() => With(network =>
    {
        using FakeDirector a = network.Start("a"), b = network.Start("b");
        a.PrepareAndTake();
        b.In(takeover => takeover.Prepare());
        a.In(takeover => Assert.Null(takeover.Release(holdForHandover: true)));
        Pin(network, "client", "2001:db8::100", "ext");
        Pin(network, "server", "fd00:10::1", "int");
        SendUdp6(network, "client", "2001:db8::100", "held-out");
        SendUdp6(network, "server", "2001:db8::10", "held-in");
        byte[] outside = a.Receive(Client6, TwoDirectorsNetwork.Virtual6)!, inside = a.Receive(Server6, Client6)!;
        b.In(takeover => Assert.Null(takeover.Take()));
        a.In(takeover => Assert.Null(takeover.Relay(IPAddress.Parse("192.0.2.252"), IPAddress.Parse("10.0.0.252"))));
        Assert.True(a.Tun.TryWrite(outside) && a.Tun.TryWrite(inside));
        AssertPayload6(b.Receive(Client6, TwoDirectorsNetwork.Virtual6), "held-out");
        AssertPayload6(b.Receive(Server6, Client6), "held-in");
        SendUdp6(network, "client", "2001:db8::100", "late-out");
        SendUdp6(network, "server", "2001:db8::10", "late-in");
        AssertPayload6(b.Receive(Client6, TwoDirectorsNetwork.Virtual6), "late-out");
        AssertPayload6(b.Receive(Server6, Client6), "late-in");
        a.In(takeover => Assert.Null(takeover.StopRelay()));
        Assert.DoesNotContain("147", Everything(network, "a"), StringComparison.Ordinal);
    });

    private static string? AnnounceError(FakeDirector director)
    {
        string? error = null;
        director.In(takeover => error = takeover.Announce());
        return error;
    }

    private static void Pin(TwoDirectorsNetwork network, string host, string address, string device) =>
        network.Ip(host, $"neigh replace {address} lladdr {network.HardwareAddress("a", device)} nud permanent dev eth");

    private static void SendUdp(TwoDirectorsNetwork network, string host, string to, string text) =>
        network.In(host, $"sh -c 'printf %s {text} | socat -u - UDP4-SENDTO:{to}:7'");

    private static void SendUdp6(TwoDirectorsNetwork network, string host, string to, string text) =>
        network.In(host, $"sh -c 'printf %s {text} | socat -u - UDP6-SENDTO:[{to}]:7'");

    private static int Drain(FakeDirector director)
    {
        byte[] frame = new byte[TunDevice.MaxFrameBytes];
        int count = 0;
        while (director.Tun.TryRead(frame) > 0)
            count++;
        return count;
    }

    private static void AssertPayload(byte[]? frame, string text)
    {
        Assert.NotNull(frame);
        Assert.Equal(text, System.Text.Encoding.ASCII.GetString(frame.AsSpan(TunDevice.HeaderBytes + 28)));
    }

    private static void AssertPayload6(byte[]? frame, string text)
    {
        Assert.NotNull(frame);
        Assert.Equal(text, System.Text.Encoding.ASCII.GetString(frame.AsSpan(TunDevice.HeaderBytes + 48)));
    }

    private static void AssertNeighbour(TwoDirectorsNetwork network, string host, string address, string hardware) =>
        Assert.True(
            SpinWait.SpinUntil(() => network.Ip(host, $"neigh show {address}").Contains(hardware, StringComparison.Ordinal), TimeSpan.FromSeconds(5)),
            $"{host} knows {network.Ip(host, $"neigh show {address}")} but {address} is at {hardware}");

    private static string Everything(TwoDirectorsNetwork network, string host) =>
        network.Ip(host, "-4 address show ext") + network.Ip(host, "-4 address show int") + network.Ip(host, "-4 route show table all")
        + network.Ip(host, "rule show") + network.Ip(host, "neigh show proxy")
        + network.Ip(host, "-6 address show scope global") + network.Ip(host, "-6 route show table main") + network.Ip(host, "-6 route show table all proto 147")
        + network.Ip(host, "-6 rule show") + network.Ip(host, "-6 neigh show proxy");

    private static string Sysctls(TwoDirectorsNetwork network, string host) =>
        network.In(host, "sysctl -a -r '^net.(ipv4|ipv6).(ip_forward|conf.(all|default|ext|int|lo)\\.|neigh.ext)'");

    private void With(Action<TwoDirectorsNetwork> test)
    {
        if (!TwoDirectorsNetwork.Possible(output.WriteLine))
            return;
        using TwoDirectorsNetwork network = new();
        test(network);
    }
}
