using HaLvs.Linux;

namespace HaLvs.Director.Effects;

/// <summary>
/// The sysctls that IPv6 needs besides those of IPv4 (Documentation/networking/ip-sysctl.rst; ADR 0017). IPv6 knows no forwarding of single interfaces
/// before Linux 6.17 (force_forwarding): there, and only there, net.ipv6.conf.all.forwarding is switched on.
/// </summary>
internal sealed class Ipv6Settings(string external, string @internal, string tun)
{
    private const string Root = "net/ipv6/conf";
    private const string AcceptAdvertisements = "1";
    private const string AcceptThoughRouting = "2";

    public static bool IsThere => Sysctl.Read($"{Root}/all/forwarding") is not null;

    /// <summary>Per-interface forwarding; otherwise the whole machine becomes a router.</summary>
    public static bool HasForceForwarding => Sysctl.Read($"{Root}/lo/force_forwarding") is not null;

    /// <summary>What stands in the way of IPv6, one line each.</summary>
    public IEnumerable<string> Obstacles()
    {
        if (!IsThere)
        {
            yield return "gateway6 is configured and this kernel runs without IPv6: start it without ipv6.disable=1, or take the IPv6 addresses away";
            yield break;
        }

        foreach (string name in new[] { external, @internal })
        {
            if (Sysctl.Read($"{Root}/{name}/disable_ipv6") == "1")
                yield return $"IPv6 is switched off on {name}: sysctl -w net.ipv6.conf.{name}.disable_ipv6=0, or take the IPv6 addresses away";
        }
    }

    /// <summary>
    /// Keys whose values a write to all/forwarding changes besides its own; remembered before it, so that restoring (in reverse) puts them
    /// back after it.
    /// </summary>
    public static IEnumerable<string> AlsoChanged() => HasForceForwarding ? [] : Names().Select(name => $"{Root}/{name}/forwarding");

    /// <summary>In the order in which they are set.</summary>
    public IEnumerable<(string Key, string Value)> Wanted()
    {
        yield return ($"{Root}/{tun}/disable_ipv6", "0");

        // A router does not listen to other routers: an interface that got its default route from one would lose it.
        foreach (string name in HasForceForwarding ? [external, @internal] : Names())
        {
            if (Sysctl.Read($"{Root}/{name}/accept_ra") == AcceptAdvertisements && Sysctl.Read($"{Root}/{name}/forwarding") == "0")
                yield return ($"{Root}/{name}/accept_ra", AcceptThoughRouting);
        }

        if (!HasForceForwarding)
            yield return ($"{Root}/all/forwarding", "1");
        foreach (string name in new[] { external, @internal, tun })
        {
            yield return ($"{Root}/{name}/forwarding", "1");
            if (HasForceForwarding)
                yield return ($"{Root}/{name}/force_forwarding", "1");
        }

        // Solicitations for proxied addresses are answered only with this, and otherwise put off by up to 0.8 s.
        yield return ($"{Root}/{external}/proxy_ndp", "1");
        yield return ($"net/ipv6/neigh/{external}/proxy_delay", "0");
    }

    private static IEnumerable<string> Names() =>
        Directory.GetDirectories($"/proc/sys/{Root}").Select(path => Path.GetFileName(path)).Where(name => name != "all").Order(StringComparer.Ordinal);
}
