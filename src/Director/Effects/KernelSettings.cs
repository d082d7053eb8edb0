using HaLvs.Linux;
using HaLvs.Linux.Netlink;

namespace HaLvs.Director.Effects;

/// <summary>
/// The sysctls that forwarding through the TUN needs, and the TUN interface itself. Forwarding is switched on for our three interfaces only,
/// not by net.ipv4.ip_forward: a director must not turn its management and heartbeat networks into routes to each other.
/// Meaning and combination rules: Documentation/networking/ip-sysctl.rst.
/// </summary>
internal sealed class KernelSettings(string external, string @internal, string tun, bool withIpv6)
{
    private const int TunQueueLength = 10_000;
    private const int LooseReversePath = 2;

    private readonly Ipv6Settings? _ipv6 = withIpv6 ? new Ipv6Settings(external, @internal, tun) : null;

    public SysctlChanges Changes { get; } = new();

    /// <summary>What stands in the way, one line each; empty when nothing does.</summary>
    public IEnumerable<string> Obstacles() => _ipv6?.Obstacles() ?? [];

    /// <summary>Reads every value that <see cref="Apply"/> is going to change; changes nothing.</summary>
    public void Remember()
    {
        foreach (string key in _ipv6 is null ? [] : Ipv6Settings.AlsoChanged())
            Changes.Remember(key);
        foreach ((string key, _) in Wanted())
            Changes.Remember(key);
    }

    public void Apply(Rtnetlink netlink)
    {
        foreach ((string key, string value) in Wanted())
            Changes.Set(key, value);
        PrepareTun(netlink);
    }

    /// <summary>In the order in which they are set.</summary>
    private IEnumerable<(string Key, string Value)> Wanted()
    {
        foreach (string name in new[] { external, @internal, tun })
        {
            yield return ($"net/ipv4/conf/{name}/forwarding", "1");
            yield return ($"net/ipv4/conf/{name}/send_redirects", "0");
        }

        // Either "all" or the interface is enough to send redirects. During a relay they would teach clients the peer's own address as a router.
        yield return ("net/ipv4/conf/all/send_redirects", "0");

        // Proxy ARP answers are otherwise put off by a random time of up to 0.8 s.
        yield return ($"net/ipv4/neigh/{external}/proxy_delay", "0");

        // If the gateway came up before the node's own address, deleting it would take that address along.
        yield return ($"net/ipv4/conf/{@internal}/promote_secondaries", "1");

        // What the core hands back has source addresses that live behind other interfaces; the stricter of "all" and the interface counts.
        if (ReversePathFilter("all") == 1 || ReversePathFilter(tun) == 1)
            yield return ($"net/ipv4/conf/{tun}/rp_filter", $"{LooseReversePath}");

        // No IPv6 link-local address, router solicitation or listener report of the kernel's own into the core.
        yield return ($"net/ipv6/conf/{tun}/addr_gen_mode", "1");
        foreach ((string, string) setting in _ipv6?.Wanted() ?? [])
            yield return setting;
    }

    private static int ReversePathFilter(string name) =>
        int.TryParse(Sysctl.Read($"net/ipv4/conf/{name}/rp_filter"), out int value) ? value : 0;

    /// <summary>Room for the largest packet of either side; a queue that holds what arrives while a handover is under way.</summary>
    private void PrepareTun(Rtnetlink netlink)
    {
        Link device = netlink.Link(tun);
        int mtuBytes = Math.Max(netlink.Link(external).MtuBytes, netlink.Link(@internal).MtuBytes);
        if (device.MtuBytes != mtuBytes)
            netlink.SetMtu(device, mtuBytes);
        if (device.TransmitQueueLength != TunQueueLength)
            netlink.SetTransmitQueueLength(device, TunQueueLength);
        if (!device.IsUp)
            netlink.SetLinkUp(device, true);
    }
}
