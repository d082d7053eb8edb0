using System.Net;
using System.Net.Sockets;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

public sealed partial class Rtnetlink
{
    /// <summary>False when the interface has this address already (whoever added it).</summary>
    public bool AddAddress(InterfaceAddress address)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_NEWADDR, NetlinkAbi.NLM_F_ACK | NetlinkAbi.NLM_F_CREATE | NetlinkAbi.NLM_F_EXCL);
            WriteAddress(ref request, address);
            uint flags = (address.WithoutPrefixRoute ? RtnetlinkAbi.IFA_F_NOPREFIXROUTE : 0) | (address.WithoutDuplicateCheck ? RtnetlinkAbi.IFA_F_NODAD : 0);
            if (flags != 0)
                request.Attribute(RtnetlinkAbi.IFA_FLAGS, flags);
            if (address.Protocol != 0)
                request.Attribute(RtnetlinkAbi.IFA_PROTO, address.Protocol);
            return Change(request, $"add address {address} to interface {address.InterfaceIndex}", Errno.EEXIST);
        }
    }

    /// <summary>False when it was not there.</summary>
    public bool DeleteAddress(InterfaceAddress address)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_DELADDR, NetlinkAbi.NLM_F_ACK);
            WriteAddress(ref request, address);
            return Change(request, $"delete address {address} from interface {address.InterfaceIndex}", Errno.EADDRNOTAVAIL, Errno.ENODEV);
        }
    }

    /// <summary>Of all interfaces, or of one.</summary>
    public IReadOnlyList<InterfaceAddress> Addresses(int interfaceIndex = 0, AddressFamily family = AddressFamily.InterNetwork)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_GETADDR, NetlinkAbi.NLM_F_DUMP);
            request.Header(new IfAddrMsg { ifa_family = Family(family) });
            List<InterfaceAddress> all = _socket.Dump<InterfaceAddress>(request, "list addresses", found => (_, body) =>
            {
                if (ParseAddress(body) is { } address && (interfaceIndex == 0 || interfaceIndex == address.InterfaceIndex))
                    found.Add(address);
            });
            return all;
        }
    }

    private static void WriteAddress(ref NetlinkRequest request, InterfaceAddress address)
    {
        request.Header(new IfAddrMsg
        {
            ifa_family = Family(address.Address.AddressFamily),
            ifa_prefixlen = (byte)address.PrefixLength,
            ifa_index = address.InterfaceIndex,
        });
        request.Attribute(RtnetlinkAbi.IFA_LOCAL, address.Address);
        request.Attribute(RtnetlinkAbi.IFA_ADDRESS, address.Address);
    }

    private static InterfaceAddress? ParseAddress(ReadOnlySpan<byte> body)
    {
        NetlinkAttributes attributes = NetlinkAttributes.After(body, out IfAddrMsg header);
        IPAddress? local = null, peer = null;
        uint flags = header.ifa_flags;
        byte protocol = 0;
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case RtnetlinkAbi.IFA_LOCAL: local = attributes.Address; break;
                case RtnetlinkAbi.IFA_ADDRESS: peer = attributes.Address; break;
                case RtnetlinkAbi.IFA_FLAGS: flags = attributes.UInt32; break;
                case RtnetlinkAbi.IFA_PROTO: protocol = attributes.Byte; break;
            }
        }

        // On a point-to-point link IFA_ADDRESS is the far end; IPv6 has only IFA_ADDRESS.
        return (local ?? peer) is not { } address ? null : new InterfaceAddress(header.ifa_index, address, header.ifa_prefixlen)
        {
            Protocol = protocol,
            IsSecondary = header.ifa_family == Sockets.AF_INET && (flags & RtnetlinkAbi.IFA_F_SECONDARY) != 0, // In IPv6 the bit means "temporary".
            WithoutDuplicateCheck = (flags & RtnetlinkAbi.IFA_F_NODAD) != 0,
            WithoutPrefixRoute = (flags & RtnetlinkAbi.IFA_F_NOPREFIXROUTE) != 0,
        };
    }
}
