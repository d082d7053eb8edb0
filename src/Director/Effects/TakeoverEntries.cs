using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using HaLvs.Director.Configuration;
using HaLvs.Linux;
using HaLvs.Linux.Netlink;
using Route = HaLvs.Linux.Netlink.Route;

namespace HaLvs.Director.Effects;

/// <summary>
/// The kernel entries of a takeover, each put up idempotently and taken down by its mark, in both address families. Nothing that lacks our mark
/// is ever changed: an entry of the operator in our place is an error that names it.
/// </summary>
internal sealed class TakeoverEntries(NetworkModel model, string tun, Rtnetlink netlink)
{
    private const byte Mark = TakeoverNumbers.Protocol;

    /// <summary>What we put up: IPv6 only where it is configured.</summary>
    private readonly AddressFamily[] _wanted =
        model.Gateway6 is null ? [AddressFamily.InterNetwork] : [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    /// <summary>What we look for: a former life may have had another configuration.</summary>
    private readonly AddressFamily[] _possible =
        Ipv6Settings.IsThere ? [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6] : [AddressFamily.InterNetwork];

    /// <summary>Virtual addresses and the real servers' answers go to the core (no gateway) or straight to the peer.</summary>
    public void PutRoutes(IPAddress? peerExternal, IPAddress? peerInternal)
    {
        uint core = TakeoverNumbers.InternalTable;
        IEnumerable<Route> routes = peerExternal is null
            ? [.. ToVirtual(netlink.Link(tun).Index, null, Route.MainTable), .. _wanted.Select(f => Route.Default(netlink.Link(tun).Index, f) with { Table = core })]
            : [.. ToVirtual(netlink.Link(model.External).Index, peerExternal, Route.MainTable), .. _wanted.Select(f => InsideToPeer(f, peerInternal, core))];
        IReadOnlyList<Route> standing = OurRoutes();
        foreach (Route route in routes)
            Put(route with { Protocol = Mark }, standing);
        foreach (AddressFamily family in _wanted)
            netlink.AddRule(InternalRule(family));
        if (peerExternal is null)
        {
            foreach (RoutingRule rule in _wanted.SelectMany(HairpinRules))
                netlink.PutRuleBeforeLocal(rule);
        }
    }

    /// <summary>What the core hands back unchanged goes to the peer. The rule comes last: it points at a complete table.</summary>
    public void PutRelay(IPAddress peerExternal, IPAddress peerInternal)
    {
        uint table = TakeoverNumbers.RelayTable;
        foreach (Route route in ToVirtual(netlink.Link(model.External).Index, peerExternal, table))
            netlink.ReplaceRoute(route with { Protocol = Mark });
        foreach (AddressFamily family in _wanted)
            netlink.ReplaceRoute(InsideToPeer(family, peerInternal, table) with { Protocol = Mark });
        foreach (AddressFamily family in _wanted)
            netlink.AddRule(RelayRule(family));
    }

    /// <summary>The kernel answers ARP and neighbour solicitations for them from here on.</summary>
    public void PutGateways(bool unmarkedGatewayIsOurs)
    {
        int index = netlink.Link(model.Internal).Index;
        PutGateway(new InterfaceAddress(index, model.Gateway, model.GatewayPrefixLength), unmarkedGatewayIsOurs);

        // Nobody is asked whether the address is free: the peer may be dead for a millisecond, and the answer would come a second later (RFC 4862).
        if (model.Gateway6 is not null)
            PutGateway(new InterfaceAddress(index, model.Gateway6, model.Gateway6PrefixLength) { WithoutDuplicateCheck = true }, unmarkedGatewayIsOurs);
    }

    /// <summary>The kernel answers ARP and neighbour solicitations for them from here on.</summary>
    public void PutProxies()
    {
        int index = netlink.Link(model.External).Index;
        foreach (IPAddress address in model.VirtualAddresses)
            netlink.AddProxyNeighbour(new ProxyNeighbour(address, index) { Protocol = Mark });
    }

    /// <summary>Rule first, then its table: no packet meets a rule with an empty table.</summary>
    public void RemoveRelay()
    {
        foreach (AddressFamily family in _possible)
            netlink.DeleteRule(RelayRule(family));
        Remove(OurRoutes().Where(route => route.Table == TakeoverNumbers.RelayTable));
    }

    /// <summary>All our rules, then all our routes, wherever they point.</summary>
    public void RemoveRoutes()
    {
        foreach (RoutingRule rule in OurRules())
            netlink.DeleteRule(rule);
        Remove(OurRoutes());
    }

    /// <summary>Proxy neighbours and gateways: from here on nobody new finds us.</summary>
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
            found.AddRange([.. OurRules().Select(r => r.ToString()), .. OurRoutes().Select(r => $"route {r}")]);
        return [.. found];
    }

    private RoutingRule RelayRule(AddressFamily family) =>
        new(tun, TakeoverNumbers.RelayTable, TakeoverNumbers.RelayRulePriority) { Protocol = Mark, Family = family };

    /// <summary>
    /// Servers answer inside clients at the gateway address, which is the kernel's own: the core sees these packets first (ADR 0014). Not ARP, neighbour
    /// discovery and pings: those are the kernel's.
    /// </summary>
    private IEnumerable<RoutingRule> HairpinRules(AddressFamily family) =>
        new[] { ProtocolType.Tcp, ProtocolType.Udp, (ProtocolType)132 }.Select(transport => new RoutingRule(model.Internal, TakeoverNumbers.InternalTable, 0)
        {
            Protocol = Mark,
            Family = family,
            Destination = family == AddressFamily.InterNetworkV6 ? model.Gateway6 : model.Gateway,
            Transport = (byte)transport,
        });

    private RoutingRule InternalRule(AddressFamily family) =>
        new(model.Internal, TakeoverNumbers.InternalTable, TakeoverNumbers.InternalRulePriority) { Protocol = Mark, Family = family };

    /// <summary>IPv6 needs no address of the peer: the peer answers for the virtual address itself, so a route without a gateway finds it.</summary>
    private IEnumerable<Route> ToVirtual(int index, IPAddress? peer, uint table) => model.VirtualAddresses.Select(
        address => Route.ToHost(address, index) with { Gateway = IsV6(address) ? null : peer, Table = table });

    /// <summary>The gateway is the peer's now: in IPv6 it is the next hop by which the peer is found.</summary>
    private Route InsideToPeer(AddressFamily family, IPAddress? peer, uint table)
    {
        bool v6 = family == AddressFamily.InterNetworkV6;
        return Route.Default(netlink.Link(model.Internal).Index, family) with { Gateway = v6 ? model.Gateway6 : peer, OnLink = v6, Table = table };
    }

    private void PutGateway(InterfaceAddress gateway, bool unmarkedIsOurs)
    {
        if (!netlink.AddAddress(gateway with { Protocol = Mark }) && !OurGateways(unmarkedIsOurs).Any(a => a.InterfaceIndex == gateway.InterfaceIndex && a.Address.Equals(gateway.Address)))
            throw new LinuxException($"add gateway {gateway} to {model.Internal}: it stands there and is not ours. Remove it: ip address delete {gateway} dev {model.Internal}");
    }

    private IEnumerable<RoutingRule> OurRules() => _possible.SelectMany(family => netlink.Rules(Mark, family));

    private IReadOnlyList<Route> OurRoutes() => [.. _possible.SelectMany(family => netlink.Routes(Mark, family: family))];

    private IEnumerable<ProxyNeighbour> OurProxies() => _possible.SelectMany(netlink.ProxyNeighbours).Where(p => p.Protocol == Mark);

    private IEnumerable<InterfaceAddress> OurGateways(bool unmarkedIsOurs) => _possible.SelectMany(family => netlink.Addresses(family: family)).Where(
        a => a.Protocol == Mark || (unmarkedIsOurs && a.Protocol == 0 && IsGateway(a)));

    private bool IsGateway(InterfaceAddress address) =>
        (address.Address.Equals(model.Gateway) && address.PrefixLength == model.GatewayPrefixLength)
        || (address.Address.Equals(model.Gateway6) && address.PrefixLength == model.Gateway6PrefixLength);

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

    private static bool IsV6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;
}
