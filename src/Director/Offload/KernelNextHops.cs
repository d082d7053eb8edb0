using System.Net;
using System.Net.Sockets;
using HaLvs.Forwarder.Packets;
using HaLvs.Linux;
using HaLvs.Linux.Netlink;
using HaLvs.Linux.Offload;
using HaLvs.Linux.Packets;
using Route = HaLvs.Linux.Netlink.Route;

namespace HaLvs.Director.Offload;

/// <summary>
/// The kernel's own tables. What it forwards by itself confirms no neighbour, so one that nobody has confirmed of late is asked for whenever it is looked at,
/// as the kernel would before it sent a packet of its own (RFC 4861 section 7.3.3).
/// </summary>
/// <param name="tunIndex">The interface by which translated packets come into the kernel.</param>
/// <param name="ownProtocol">Protocol number of the routes and rules that this director makes itself: they lead packets in, not out.</param>
internal sealed class KernelNextHops(Rtnetlink netlink, int tunIndex, byte ownProtocol) : INextHopNetwork
{
    private static readonly AddressFamily[] Families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    private readonly Dictionary<(IPAddress Address, int Interface), Neighbour> _neighbours = [];
    private readonly Dictionary<int, Link> _links = [];
    private string _routes = "";

    public bool Look()
    {
        _neighbours.Clear();
        _links.Clear();
        foreach (Neighbour neighbour in Families.SelectMany(netlink.Neighbours))
            _neighbours[(neighbour.Address, neighbour.InterfaceIndex)] = neighbour;
        string routes = string.Join('\n', Families.SelectMany(netlink.UnicastRoutes).Where(r => r.Protocol != ownProtocol).Select(r => r.ToString()).Order(StringComparer.Ordinal));
        bool changed = routes != _routes;
        _routes = routes;
        return changed;
    }

    public (Ip Neighbour, int InterfaceIndex)? WayTo(Ip? source, Ip destination)
    {
        IPAddress to = destination.ToIPAddress();
        Route? route = source is { } from ? netlink.ForwardingRoute(from.ToIPAddress(), to, tunIndex) : netlink.RouteTo(to);
        return route is { IsLocal: false, InterfaceIndex: > 0 } && route.InterfaceIndex != tunIndex
            ? (route.Gateway is { } gateway ? Ip.From(gateway) : destination, route.InterfaceIndex)
            : null;
    }

    public OffloadNextHop? Resolve(Ip neighbour, int interfaceIndex)
    {
        if (LinkOf(interfaceIndex) is not { HardwareAddress.Length: HardwareAddress.Bytes, IsUp: true } link)
            return null;
        Neighbour? known = _neighbours.GetValueOrDefault((neighbour.ToIPAddress(), interfaceIndex));
        if (known is not { IsUsable: true, IsStale: false })
            Ask(neighbour, interfaceIndex);
        return known is { IsUsable: true, HardwareAddress.Length: HardwareAddress.Bytes }
            ? new OffloadNextHop(interfaceIndex, HardwareAddress.Read(known.HardwareAddress.Span), HardwareAddress.Read(link.HardwareAddress.Span), link.MtuBytes)
            : null;
    }

    private Link? LinkOf(int index)
    {
        if (!_links.TryGetValue(index, out Link? link) && netlink.FindLink(index) is { } found)
            _links[index] = link = found;
        return link;
    }

    private void Ask(Ip neighbour, int interfaceIndex)
    {
        try
        {
            netlink.StartResolving(neighbour.ToIPAddress(), interfaceIndex);
        }
        catch (LinuxException)
        {
            // The interface is going away: the next look sees it.
        }
    }
}
