using System.Net;
using System.Net.Sockets;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

public sealed partial class Rtnetlink
{
    private const ushort UsableStates = RtnetlinkAbi.NUD_REACHABLE | RtnetlinkAbi.NUD_STALE | RtnetlinkAbi.NUD_DELAY
        | RtnetlinkAbi.NUD_PROBE | RtnetlinkAbi.NUD_NOARP | RtnetlinkAbi.NUD_PERMANENT;

    /// <summary>Idempotent: the kernel keeps one entry for an address and an interface.</summary>
    public void AddProxyNeighbour(ProxyNeighbour proxy) => ChangeNeighbour(
        RtnetlinkAbi.RTM_NEWNEIGH, NetlinkAbi.NLM_F_CREATE, RtnetlinkAbi.NTF_PROXY, proxy.Address, proxy.InterfaceIndex, proxy.Protocol, $"add {proxy}");

    /// <summary>False when it was not there.</summary>
    public bool DeleteProxyNeighbour(ProxyNeighbour proxy) => ChangeNeighbour(
        RtnetlinkAbi.RTM_DELNEIGH, 0, RtnetlinkAbi.NTF_PROXY, proxy.Address, proxy.InterfaceIndex, 0, $"delete {proxy}", Errno.ENOENT, Errno.ENODEV);

    /// <summary>All proxy entries, whoever added them.</summary>
    public IReadOnlyList<ProxyNeighbour> ProxyNeighbours(AddressFamily family = AddressFamily.InterNetwork)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_GETNEIGH, NetlinkAbi.NLM_F_DUMP);
            request.Header(new NdMsg { ndm_family = Family(family), ndm_flags = RtnetlinkAbi.NTF_PROXY });
            return _socket.Dump<ProxyNeighbour>(request, "list proxy neighbours", found => (_, body) =>
            {
                if (ParseProxy(body) is { } proxy)
                    found.Add(proxy);
            });
        }
    }

    /// <summary>The neighbour table of one family, all interfaces.</summary>
    public IReadOnlyList<Neighbour> Neighbours(AddressFamily family = AddressFamily.InterNetwork)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_GETNEIGH, NetlinkAbi.NLM_F_DUMP);
            request.Header(new NdMsg { ndm_family = Family(family) });
            return _socket.Dump<Neighbour>(request, "list neighbours", found => (_, body) =>
            {
                if (ParseNeighbour(body) is { } neighbour)
                    found.Add(neighbour);
            });
        }
    }

    /// <summary>Makes the kernel resolve a neighbour now (`ip neigh … use`), so that the first packet to it need not wait.</summary>
    public void StartResolving(IPAddress neighbour, int interfaceIndex) => ChangeNeighbour(
        RtnetlinkAbi.RTM_NEWNEIGH, NetlinkAbi.NLM_F_CREATE, RtnetlinkAbi.NTF_USE, neighbour, interfaceIndex, 0, $"resolve neighbour {neighbour}");

    /// <summary>The kernel knows a hardware address for this neighbour and would send to it without asking first.</summary>
    public bool IsResolved(IPAddress neighbour, int interfaceIndex)
    {
        lock (_gate)
        {
            ushort state = 0;
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_GETNEIGH, NetlinkAbi.NLM_F_ACK);
            request.Header(new NdMsg { ndm_family = Family(neighbour.AddressFamily), ndm_ifindex = interfaceIndex });
            request.Attribute(RtnetlinkAbi.NDA_DST, neighbour);
            _ = _socket.Query(
                request,
                $"look up neighbour {neighbour}",
                (type, body) =>
                {
                    NetlinkAttributes.After(body, out NdMsg header);
                    state = header.ndm_state;
                },
                Errno.ENOENT);
            return (state & UsableStates) != 0;
        }
    }

    private bool ChangeNeighbour(
        ushort type, int flags, byte neighbourFlags, IPAddress address, int interfaceIndex, byte protocol, string operation, params ReadOnlySpan<int> nothingToDo)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(type, NetlinkAbi.NLM_F_ACK | flags);
            request.Header(new NdMsg { ndm_family = Family(address.AddressFamily), ndm_ifindex = interfaceIndex, ndm_flags = neighbourFlags });
            request.Attribute(RtnetlinkAbi.NDA_DST, address);
            if (protocol != 0)
                request.Attribute(RtnetlinkAbi.NDA_PROTOCOL, protocol);
            return Change(request, operation, nothingToDo);
        }
    }

    private static Neighbour? ParseNeighbour(ReadOnlySpan<byte> body)
    {
        NetlinkAttributes attributes = NetlinkAttributes.After(body, out NdMsg header);
        IPAddress? address = null;
        byte[] hardware = [];
        while (attributes.Next())
        {
            if (attributes.Type == RtnetlinkAbi.NDA_DST)
                address = attributes.Address;
            else if (attributes.Type == RtnetlinkAbi.NDA_LLADDR)
                hardware = attributes.Payload.ToArray();
        }

        bool isUsable = (header.ndm_state & UsableStates) != 0;
        return address is null ? null : new Neighbour(address, header.ndm_ifindex, hardware, isUsable, (header.ndm_state & RtnetlinkAbi.NUD_STALE) != 0);
    }

    private static ProxyNeighbour? ParseProxy(ReadOnlySpan<byte> body)
    {
        NetlinkAttributes attributes = NetlinkAttributes.After(body, out NdMsg header);
        IPAddress? address = null;
        byte protocol = 0;
        while (attributes.Next())
        {
            if (attributes.Type == RtnetlinkAbi.NDA_DST)
                address = attributes.Address;
            else if (attributes.Type == RtnetlinkAbi.NDA_PROTOCOL)
                protocol = attributes.Byte;
        }

        return address is null ? null : new ProxyNeighbour(address, header.ndm_ifindex) { Protocol = protocol };
    }
}
