using System.Collections.Immutable;
using System.Net;
using HaLvs.Director.Configuration;
using HaLvs.Linux;
using HaLvs.Linux.Netlink;
using Route = HaLvs.Linux.Netlink.Route;

namespace HaLvs.Director.Effects;

/// <summary>
/// The kernel entries of a takeover, each put up idempotently and taken down by its mark. Nothing that lacks our mark is ever changed: an
/// entry of the operator in our place is an error that names it.
/// </summary>
internal sealed class TakeoverEntries(NetworkModel model, string tun, Rtnetlink netlink)
{
    private const byte Mark = TakeoverNumbers.Protocol;

    private readonly RoutingRule _internalRule =
        new(model.Internal, TakeoverNumbers.InternalTable, TakeoverNumbers.InternalRulePriority) { Protocol = Mark };

    private readonly RoutingRule _relayRule = new(tun, TakeoverNumbers.RelayTable, TakeoverNumbers.RelayRulePriority) { Protocol = Mark };

    /// <summary>Virtual addresses and the real servers' answers go to the core (no gateway) or straight to the peer.</summary>
    public void PutRoutes(IPAddress? peerExternal, IPAddress? peerInternal)
    {
        (string outside, string inside) = peerExternal is null ? (tun, tun) : (model.External, model.Internal);
        int outsideIndex = netlink.Link(outside).Index, insideIndex = netlink.Link(inside).Index;
        IReadOnlyList<Route> standing = netlink.Routes(Mark);
        foreach (IPAddress address in model.VirtualAddresses)
            Put(Route.ToHost(address, outsideIndex) with { Gateway = peerExternal, Protocol = Mark }, standing);
        Put(Route.Default(insideIndex) with { Gateway = peerInternal, Protocol = Mark, Table = TakeoverNumbers.InternalTable }, standing);
        netlink.AddRule(_internalRule);
    }

    /// <summary>What the core hands back unchanged goes to the peer. The rule comes last: it points at a complete table.</summary>
    public void PutRelay(IPAddress peerExternal, IPAddress peerInternal)
    {
        int outsideIndex = netlink.Link(model.External).Index, insideIndex = netlink.Link(model.Internal).Index;
        foreach (IPAddress address in model.VirtualAddresses)
        {
            netlink.ReplaceRoute(Route.ToHost(address, outsideIndex) with
            {
                Gateway = peerExternal,
                Protocol = Mark,
                Table = TakeoverNumbers.RelayTable,
            });
        }

        netlink.ReplaceRoute(Route.Default(insideIndex) with { Gateway = peerInternal, Protocol = Mark, Table = TakeoverNumbers.RelayTable });
        netlink.AddRule(_relayRule);
    }

    /// <summary>The kernel answers ARP for it from here on.</summary>
    public void PutGateway(bool unmarkedGatewayIsOurs)
    {
        int index = netlink.Link(model.Internal).Index;
        InterfaceAddress gateway = new(index, model.Gateway, model.GatewayPrefixLength) { Protocol = Mark };
        if (!netlink.AddAddress(gateway) && !OurGateways(unmarkedGatewayIsOurs).Any(a => a.InterfaceIndex == index))
            throw new LinuxException($"add gateway {gateway} to {model.Internal}: it stands there and is not ours. Remove it: ip address delete {gateway} dev {model.Internal}");
    }

    /// <summary>The kernel answers ARP for them from here on.</summary>
    public void PutProxies()
    {
        int index = netlink.Link(model.External).Index;
        foreach (IPAddress address in model.VirtualAddresses)
            netlink.AddProxyNeighbour(new ProxyNeighbour(address, index) { Protocol = Mark });
    }

    /// <summary>Rule first, then its table: no packet meets a rule with an empty table.</summary>
    public void RemoveRelay()
    {
        netlink.DeleteRule(_relayRule);
        Remove(netlink.Routes(Mark).Where(route => route.Table == TakeoverNumbers.RelayTable));
    }

    /// <summary>All our rules, then all our routes, wherever they point.</summary>
    public void RemoveRoutes()
    {
        foreach (RoutingRule rule in netlink.Rules(Mark))
            netlink.DeleteRule(rule);
        Remove(netlink.Routes(Mark));
    }

    /// <summary>Proxy neighbours and gateway: from here on nobody new finds us.</summary>
    public void RemoveAddresses(bool unmarkedGatewayIsOurs)
    {
        foreach (ProxyNeighbour proxy in OurProxies())
            netlink.DeleteProxyNeighbour(proxy);
        foreach (InterfaceAddress address in OurGateways(unmarkedGatewayIsOurs))
            netlink.DeleteAddress(address);
    }

    /// <summary>What of ours still stands, read back from the kernel.</summary>
    public ImmutableArray<string> Standing(bool routesToo, bool unmarkedGatewayIsOurs)
    {
        List<string> found = [.. OurProxies().Select(p => p.ToString()), .. OurGateways(unmarkedGatewayIsOurs).Select(a => $"address {a}")];
        if (routesToo)
            found.AddRange([.. netlink.Rules(Mark).Select(r => r.ToString()), .. netlink.Routes(Mark).Select(r => $"route {r}")]);
        return [.. found];
    }

    /// <summary>Entries of somebody else where ours must stand; call it when none of ours is up.</summary>
    public IEnumerable<string> Foreign()
    {
        foreach (InterfaceAddress address in netlink.Addresses().Where(a => a.Address.Equals(model.Gateway)))
            yield return $"gateway {model.Gateway} is already an address of interface {NameOf(address.InterfaceIndex)}. "
                + $"It moves between the directors and must not be configured elsewhere: ip address delete {address} dev {NameOf(address.InterfaceIndex)}";
        foreach (ProxyNeighbour proxy in netlink.ProxyNeighbours().Where(p => model.VirtualAddresses.Contains(p.Address)))
            yield return $"a proxy neighbour for {proxy.Address} is not ours. Remove it: ip neigh delete proxy {proxy.Address} dev {NameOf(proxy.InterfaceIndex)}";
        foreach (IPAddress address in model.VirtualAddresses)
        {
            if (netlink.RouteTo(address) is { PrefixLength: 32 } route)
            {
                yield return route.IsLocal
                    ? $"virtual address {address} is a local address of this machine. HaLvs never makes it local: delete it from its interface (`ip address`)"
                    : $"a host route to {address} is not ours. Remove it: ip route delete {address}/32";
            }
        }
    }

    private IEnumerable<ProxyNeighbour> OurProxies() => netlink.ProxyNeighbours().Where(p => p.Protocol == Mark);

    private IEnumerable<InterfaceAddress> OurGateways(bool unmarkedIsOurs) => netlink.Addresses().Where(
        a => a.Protocol == Mark || (unmarkedIsOurs && a.Protocol == 0 && a.Address.Equals(model.Gateway) && a.PrefixLength == model.GatewayPrefixLength));

    private void Put(Route route, IReadOnlyList<Route> standing)
    {
        bool ours = standing.Any(r => r.Table == route.Table && r.PrefixLength == route.PrefixLength && r.Destination.Equals(route.Destination));
        if (ours)
            netlink.ReplaceRoute(route);
        else if (!netlink.AddRoute(route))
        {
            throw new LinuxException(
                $"add route {route}: another route to {route.Destination}/{route.PrefixLength} that is not ours stands there. Remove it (`ip route show table {route.Table}`).");
        }
    }

    private void Remove(IEnumerable<Route> routes)
    {
        foreach (Route route in routes)
            netlink.DeleteRoute(route);
    }

    private string NameOf(int index) =>
        index == netlink.FindLink(model.Internal)?.Index ? model.Internal : index == netlink.FindLink(model.External)?.Index ? model.External : $"number {index}";
}
