using System.Runtime.InteropServices;
using System.Text;
using HaLvs.Linux.Interop;
using HaLvs.Linux.Netlink;
using HaLvs.Linux.Packets;

namespace HaLvs.Linux.Offload;

/// <summary>What an interface of the calling thread's network namespace is.</summary>
internal static unsafe class InterfaceFacts
{
    /// <exception cref="OffloadException">It has none: no Ethernet.</exception>
    public static HardwareAddress HardwareAddressOf(int interfaceIndex)
    {
        using Rtnetlink netlink = new();
        Link link = netlink.FindLink(interfaceIndex)
            ?? throw new OffloadException(OffloadRefusal.Unable, $"there is no interface {interfaceIndex}.");
        return link.HardwareAddress.Length == HardwareAddress.Bytes
            ? HardwareAddress.Read(link.HardwareAddress.Span)
            : throw new OffloadException(OffloadRefusal.Unable, $"interface {link.Name} is no Ethernet: its packets go the user path.");
    }

    /// <summary>As the driver calls itself ("veth", "virtio_net", "ixgbe"); empty when it says nothing. ethtool(8) -i.</summary>
    public static string DriverOf(string name)
    {
        using FileDescriptor socket = FileDescriptor.Own(
            Libc.socket(Sockets.AF_INET, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0), "open a socket to ask for a driver", "");
        EthtoolDrvInfo info = new() { cmd = OffloadAttachAbi.ETHTOOL_GDRVINFO };
        IfReq request = default;
        _ = Encoding.UTF8.GetBytes(name.AsSpan(0, Math.Min(name.Length, Tun.IFNAMSIZ - 1)), new Span<byte>(request.ifr_name, Tun.IFNAMSIZ));
        request.ifr_data = (nint)(&info);
        return Libc.ioctl(socket, OffloadAttachAbi.SIOCETHTOOL, &request) == 0
            ? Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(info.driver))
            : "";
    }
}
