using System.Runtime.InteropServices;

namespace HaLvs.Linux.Interop;

/// <summary>sys/socket.h, linux/if_packet.h, linux/if_ether.h, linux/if_arp.h, linux/icmp.h, linux/icmpv6.h.</summary>
internal static class Sockets
{
    public const int AF_UNSPEC = 0;
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int AF_NETLINK = 16;
    public const int AF_PACKET = 17;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_RAW = 3;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int SOL_SOCKET = 1;
    public const int SO_RCVBUF = 8;
    public const int SO_RCVTIMEO = 20;
    public const int SO_BINDTODEVICE = 25;
    public const int MSG_TRUNC = 0x20;
    public const int MSG_DONTWAIT = 0x40;
    public const int ETH_P_IP = 0x0800;
    public const int ETH_P_ARP = 0x0806;
    public const int ETH_P_IPV6 = 0x86DD;
    public const int ETH_ALEN = 6;
    public const int ETH_HLEN = 14;
    public const int ARPHRD_ETHER = 1;
    public const int ARPOP_REQUEST = 1;
    public const int ARPOP_REPLY = 2;
    public const int PACKET_OUTGOING = 4;
    public const int IPPROTO_ICMP = 1;
    public const int IPPROTO_ICMPV6 = 58;
    public const int SOL_RAW = 255;
    public const int ICMP_FILTER = 1;
    public const int ICMP_ECHO = 8;
    public const int ICMP_ECHOREPLY = 0;
    public const int ICMPV6_FILTER = 1;
    public const int ICMPV6_ECHO_REQUEST = 128;
    public const int ICMPV6_ECHO_REPLY = 129;
    public const int SOL_ICMPV6 = 58;
}

[KernelStruct("struct sockaddr_ll")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SockAddrLl
{
    public ushort sll_family;
    public ushort sll_protocol;
    public int sll_ifindex;
    public ushort sll_hatype;
    public byte sll_pkttype;
    public byte sll_halen;
    public fixed byte sll_addr[8];
}

[KernelStruct("struct sockaddr_in")]
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct SockAddrIn
{
    [FieldOffset(0)] public ushort sin_family;
    [FieldOffset(2)] public ushort sin_port;
    [FieldOffset(4)] public uint sin_addr;
}

[KernelStruct("struct sockaddr_in6")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SockAddrIn6
{
    internal const int AddressBytes = 16;

    public ushort sin6_family;
    public ushort sin6_port;
    public uint sin6_flowinfo;
    public fixed byte sin6_addr[AddressBytes];
    public uint sin6_scope_id;
}

[KernelStruct("struct sockaddr_nl")]
[StructLayout(LayoutKind.Sequential)]
internal struct SockAddrNl
{
    public ushort nl_family;
    public ushort nl_pad;
    public uint nl_pid;
    public uint nl_groups;
}

[KernelStruct("struct timeval")]
[StructLayout(LayoutKind.Sequential)]
internal struct TimeVal
{
    public nint tv_sec;
    public nint tv_usec;
}
