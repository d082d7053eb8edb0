using System.Net;
using System.Net.Sockets;
using HaLvs.Director.Configuration;
using HaLvs.Linux.Netlink;
using Route = HaLvs.Linux.Netlink.Route;

namespace HaLvs.Director.Effects;

/// <summary>Entries of somebody else where those of a takeover must stand. Looked for when none of ours is up; never changed.</summary>
internal sealed class ForeignEntries(NetworkModel model, Rtnetlink netlink)
{
    /// <summary>One line each: what stands there and how to remove it.</summary>
    public IEnumerable<string> Find() => [.. Gateways(), .. Proxies(), .. Routes()];

    private IEnumerable<string> Gateways() =>
        from gateway in new[] { model.Gateway, model.Gateway6 }.OfType<IPAddress>()
        from address in netlink.Addresses(family: gateway.AddressFamily)
        where address.Address.Equals(gateway)
        let name = NameOf(address.InterfaceIndex)
        select $"gateway {gateway} is already an address of interface {name}. "
            + $"It moves between the directors and must not be configured elsewhere: ip address delete {address} dev {name}";

    private IEnumerable<string> Proxies() =>
        from family in model.VirtualAddresses.Select(a => a.AddressFamily).Distinct()
        from proxy in netlink.ProxyNeighbours(family)
        where model.VirtualAddresses.Contains(proxy.Address)
        select $"a proxy neighbour for {proxy.Address} is not ours. Remove it: ip neigh delete proxy {proxy.Address} dev {NameOf(proxy.InterfaceIndex)}";

    private IEnumerable<string> Routes()
    {
        foreach (IPAddress address in model.VirtualAddresses)
        {
            if (netlink.RouteTo(address) is { } route && route.PrefixLength == (address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32))
                yield return Explain(address, route);
        }
    }

    private static string Explain(IPAddress address, Route route) => route.IsLocal
        ? $"virtual address {address} is a local address of this machine. HaLvs never makes it local: delete it from its interface (`ip address`)"
        : $"a host route to {address} is not ours. Remove it: ip route delete {address}/{route.PrefixLength}";

    private string NameOf(int index) =>
        index == netlink.FindLink(model.Internal)?.Index ? model.Internal : index == netlink.FindLink(model.External)?.Index ? model.External : $"number {index}";
}
