using System.Net;
using System.Net.Sockets;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

public sealed partial class Rtnetlink
{
    /// <summary>False when a route to the same destination with the same metric stands in the table (whoever added it).</summary>
    public bool AddRoute(Route route) => NewRoute(route, NetlinkAbi.NLM_F_EXCL);

    /// <summary>Puts the route in the place of one to the same destination, without a moment between; adds it if there is none.</summary>
    public void ReplaceRoute(Route route) => NewRoute(route, NetlinkAbi.NLM_F_REPLACE);

    /// <summary>False when it was not there (the interface may have taken it along).</summary>
    public bool DeleteRoute(Route route)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_DELROUTE, NetlinkAbi.NLM_F_ACK);
            WriteRoute(ref request, route, RtnetlinkAbi.RT_SCOPE_NOWHERE);
            return Change(request, $"delete route {route}", Errno.ESRCH, Errno.ENODEV);
        }
    }

    /// <summary>The routes of one protocol number, in all tables or in one.</summary>
    public IReadOnlyList<Route> Routes(byte protocol, uint table = 0, AddressFamily family = AddressFamily.InterNetwork)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_GETROUTE, NetlinkAbi.NLM_F_DUMP);
            request.Header(new RtMsg { rtm_family = Family(family), rtm_protocol = protocol, rtm_table = RtnetlinkAbi.RT_TABLE_UNSPEC });
            return _socket.Dump<Route>(request, "list routes", found => (_, body) =>
            {
                Route route = ParseRoute(body);
                if (route.Protocol == protocol && (table == 0 || table == route.Table))
                    found.Add(route);
            });
        }
    }

    /// <summary>Every route to other machines, in all tables.</summary>
    public IReadOnlyList<Route> UnicastRoutes(AddressFamily family = AddressFamily.InterNetwork)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_GETROUTE, NetlinkAbi.NLM_F_DUMP);
            request.Header(new RtMsg { rtm_family = Family(family), rtm_table = RtnetlinkAbi.RT_TABLE_UNSPEC });
            return _socket.Dump<Route>(request, "list routes", found => (_, body) =>
            {
                NetlinkAttributes.After(body, out RtMsg header);
                if (header.rtm_type is RtnetlinkAbi.RTN_UNICAST or RtnetlinkAbi.RTN_UNREACHABLE or RtnetlinkAbi.RTN_BLACKHOLE or RtnetlinkAbi.RTN_PROHIBIT)
                    found.Add(ParseRoute(body));
            });
        }
    }

    /// <summary>The entry by which a packet of this machine to the address would go; null when there is none (RTM_F_FIB_MATCH).</summary>
    public Route? RouteTo(IPAddress address)
    {
        lock (_gate)
        {
            Route? found = null;
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_GETROUTE, NetlinkAbi.NLM_F_ACK);
            request.Header(new RtMsg
            {
                rtm_family = Family(address.AddressFamily),
                rtm_dst_len = (byte)(address.GetAddressBytes().Length * 8),
                rtm_flags = RtnetlinkAbi.RTM_F_FIB_MATCH,
            });
            request.Attribute(RtnetlinkAbi.RTA_DST, address);
            _ = _socket.Query(
                request, $"look up the route to {address}", (_, body) => found = ParseRoute(body), Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.ESRCH, Errno.EACCES, Errno.EINVAL);
            return found;
        }
    }

    /// <summary>
    /// Where the kernel would send a packet that came in by an interface: interface and gateway, by all rules and tables; null when nowhere. A destination
    /// on the interface's own network has no gateway.
    /// </summary>
    public Route? ForwardingRoute(IPAddress source, IPAddress destination, int fromInterfaceIndex)
    {
        lock (_gate)
        {
            Route? found = null;
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_GETROUTE, NetlinkAbi.NLM_F_ACK);
            byte bits = (byte)(destination.GetAddressBytes().Length * 8);
            request.Header(new RtMsg { rtm_family = Family(destination.AddressFamily), rtm_dst_len = bits, rtm_src_len = bits });
            request.Attribute(RtnetlinkAbi.RTA_DST, destination);
            request.Attribute(RtnetlinkAbi.RTA_SRC, source);
            request.Attribute(RtnetlinkAbi.RTA_IIF, (uint)fromInterfaceIndex);
            _ = _socket.Query(
                request, $"look up the way from {source} to {destination}", (_, body) => found = ParseRoute(body),
                Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.ESRCH, Errno.EACCES, Errno.EINVAL, Errno.EXDEV, Errno.ENODEV);
            return found is { IsLocal: false, InterfaceIndex: > 0 } ? found : null;
        }
    }

    private bool NewRoute(Route route, int flag)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_NEWROUTE, NetlinkAbi.NLM_F_ACK | NetlinkAbi.NLM_F_CREATE | flag);
            WriteRoute(ref request, route, route.Gateway is null ? RtnetlinkAbi.RT_SCOPE_LINK : RtnetlinkAbi.RT_SCOPE_UNIVERSE);
            return Change(request, $"add route {route}", flag == NetlinkAbi.NLM_F_EXCL ? [Errno.EEXIST] : []);
        }
    }

    private static void WriteRoute(ref NetlinkRequest request, Route route, byte scope)
    {
        request.Header(new RtMsg
        {
            rtm_family = Family(route.Destination.AddressFamily),
            rtm_dst_len = (byte)route.PrefixLength,
            rtm_table = RtnetlinkAbi.RT_TABLE_UNSPEC, // Tables above 255 fit only into RTA_TABLE.
            rtm_protocol = route.Protocol,
            rtm_scope = scope,
            rtm_type = RtnetlinkAbi.RTN_UNICAST,
            rtm_flags = route.OnLink ? RtnetlinkAbi.RTNH_F_ONLINK : 0,
        });
        request.Attribute(RtnetlinkAbi.RTA_TABLE, route.Table);
        if (!route.IsDefault)
            request.Attribute(RtnetlinkAbi.RTA_DST, route.Destination);
        if (route.Gateway is not null)
            request.Attribute(RtnetlinkAbi.RTA_GATEWAY, route.Gateway);
        request.Attribute(RtnetlinkAbi.RTA_OIF, (uint)route.InterfaceIndex);
    }

    private static Route ParseRoute(ReadOnlySpan<byte> body)
    {
        NetlinkAttributes attributes = NetlinkAttributes.After(body, out RtMsg header);
        IPAddress destination = header.rtm_family == Sockets.AF_INET6 ? IPAddress.IPv6Any : IPAddress.Any;
        IPAddress? gateway = null;
        uint table = header.rtm_table;
        int interfaceIndex = 0;
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case RtnetlinkAbi.RTA_DST: destination = attributes.Address ?? destination; break;
                case RtnetlinkAbi.RTA_GATEWAY: gateway = attributes.Address; break;
                case RtnetlinkAbi.RTA_OIF: interfaceIndex = (int)attributes.UInt32; break;
                case RtnetlinkAbi.RTA_TABLE: table = attributes.UInt32; break;
            }
        }

        return new Route(destination, header.rtm_dst_len, interfaceIndex)
        {
            Gateway = gateway,
            Table = table,
            Protocol = header.rtm_protocol,
            OnLink = (header.rtm_flags & RtnetlinkAbi.RTNH_F_ONLINK) != 0,
            IsLocal = header.rtm_type == RtnetlinkAbi.RTN_LOCAL,
        };
    }
}
