using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

public sealed partial class Rtnetlink
{
    /// <summary>Null when no such interface exists.</summary>
    public Link? FindLink(string name)
    {
        lock (_gate)
        {
            Link? found = null;
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_GETLINK, NetlinkAbi.NLM_F_ACK);
            request.Header(new IfInfoMsg());
            request.Attribute(RtnetlinkAbi.IFLA_IFNAME, name);
            _ = _socket.Query(request, $"look up interface {name}", (_, body) => found = ParseLink(body), Errno.ENODEV);
            return found;
        }
    }

    /// <summary>By its index. Null when no such interface exists.</summary>
    public Link? FindLink(int index)
    {
        lock (_gate)
        {
            Link? found = null;
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_GETLINK, NetlinkAbi.NLM_F_ACK);
            request.Header(new IfInfoMsg { ifi_index = index });
            _ = _socket.Query(request, $"look up interface {index}", (_, body) => found = ParseLink(body), Errno.ENODEV);
            return found;
        }
    }

    /// <summary>Like <see cref="FindLink(string)"/>, where it must exist.</summary>
    public Link Link(string name) => FindLink(name)
        ?? throw new LinuxException($"there is no interface {name}. Correct the name, or bring the interface into being (`ip link` lists them).");

    public void SetLinkUp(Link link, bool up) => ChangeLink(
        link, $"set {link.Name} {(up ? "up" : "down")}", up ? Tun.IFF_UP : 0, Tun.IFF_UP);

    public void SetMtu(Link link, int mtuBytes) =>
        ChangeLink(link, $"set the MTU of {link.Name} to {mtuBytes}", 0, 0, RtnetlinkAbi.IFLA_MTU, (uint)mtuBytes);

    /// <summary>In packets. A TUN device holds as many for its reader.</summary>
    public void SetTransmitQueueLength(Link link, int packets) =>
        ChangeLink(link, $"set the queue length of {link.Name} to {packets}", 0, 0, RtnetlinkAbi.IFLA_TXQLEN, (uint)packets);

    internal static Link ParseLink(ReadOnlySpan<byte> body)
    {
        NetlinkAttributes attributes = NetlinkAttributes.After(body, out IfInfoMsg header);
        string name = "";
        int mtu = 0, queue = 0;
        bool carrier = (header.ifi_flags & Tun.IFF_LOWER_UP) != 0;
        byte[] hardware = [];
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case RtnetlinkAbi.IFLA_IFNAME: name = attributes.Text; break;
                case RtnetlinkAbi.IFLA_MTU: mtu = (int)attributes.UInt32; break;
                case RtnetlinkAbi.IFLA_TXQLEN: queue = (int)attributes.UInt32; break;
                case RtnetlinkAbi.IFLA_CARRIER: carrier = attributes.Byte != 0; break;
                case RtnetlinkAbi.IFLA_ADDRESS: hardware = attributes.Payload.ToArray(); break;
            }
        }

        return new Link(header.ifi_index, name, mtu, queue, carrier, header.ifi_flags, hardware);
    }

    private void ChangeLink(Link link, string operation, uint flags, uint change, ushort attribute = 0, uint value = 0)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_NEWLINK, NetlinkAbi.NLM_F_ACK);
            request.Header(new IfInfoMsg { ifi_index = link.Index, ifi_flags = flags, ifi_change = change });
            if (attribute != 0)
                request.Attribute(attribute, value);
            _ = Change(request, operation);
        }
    }
}
