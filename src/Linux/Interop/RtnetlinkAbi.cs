using System.Runtime.InteropServices;

namespace HaLvs.Linux.Interop;

/// <summary>linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h, linux/neighbour.h, linux/fib_rules.h.</summary>
internal static class RtnetlinkAbi
{
    public const ushort RTM_NEWLINK = 16;
    public const ushort RTM_DELLINK = 17;
    public const ushort RTM_GETLINK = 18;
    public const ushort RTM_NEWADDR = 20;
    public const ushort RTM_DELADDR = 21;
    public const ushort RTM_GETADDR = 22;
    public const ushort RTM_NEWROUTE = 24;
    public const ushort RTM_DELROUTE = 25;
    public const ushort RTM_GETROUTE = 26;
    public const ushort RTM_NEWNEIGH = 28;
    public const ushort RTM_DELNEIGH = 29;
    public const ushort RTM_GETNEIGH = 30;
    public const ushort RTM_NEWRULE = 32;
    public const ushort RTM_DELRULE = 33;
    public const ushort RTM_GETRULE = 34;
    public const uint RTMGRP_LINK = 1;
    public const uint RTMGRP_NEIGH = 4;
    public const uint RTMGRP_IPV4_ROUTE = 0x40;
    public const uint RTMGRP_IPV4_RULE = 0x80;
    public const uint RTMGRP_IPV6_ROUTE = 0x400;

    public const ushort IFLA_ADDRESS = 1;
    public const ushort IFLA_IFNAME = 3;
    public const ushort IFLA_MTU = 4;
    public const ushort IFLA_TXQLEN = 13;
    public const ushort IFLA_CARRIER = 33;

    public const ushort IFA_ADDRESS = 1;
    public const ushort IFA_LOCAL = 2;
    public const ushort IFA_FLAGS = 8;
    public const ushort IFA_PROTO = 11;
    public const uint IFA_F_SECONDARY = 0x01;
    public const uint IFA_F_NODAD = 0x02;
    public const uint IFA_F_NOPREFIXROUTE = 0x200;

    public const ushort RTA_DST = 1;
    public const ushort RTA_SRC = 2;
    public const ushort RTA_IIF = 3;
    public const ushort RTA_OIF = 4;
    public const ushort RTA_GATEWAY = 5;
    public const ushort RTA_TABLE = 15;
    public const byte RTN_UNICAST = 1;
    public const byte RTN_LOCAL = 2;
    public const byte RTN_BLACKHOLE = 6;
    public const byte RTN_UNREACHABLE = 7;
    public const byte RTN_PROHIBIT = 8;
    public const byte RT_SCOPE_UNIVERSE = 0;
    public const byte RT_SCOPE_LINK = 253;
    public const byte RT_SCOPE_NOWHERE = 255;
    public const uint RT_TABLE_MAIN = 254;
    public const byte RT_TABLE_UNSPEC = 0;
    public const uint RTM_F_FIB_MATCH = 0x2000;
    public const uint RTNH_F_ONLINK = 4;

    public const byte FR_ACT_TO_TBL = 1;
    public const ushort FRA_DST = 1;
    public const ushort FRA_IIFNAME = 3;
    public const ushort FRA_PRIORITY = 6;
    public const ushort FRA_TABLE = 15;
    public const ushort FRA_PROTOCOL = 21;
    public const ushort FRA_IP_PROTO = 22;

    public const byte NTF_USE = 0x01;
    public const byte NTF_PROXY = 0x08;
    public const ushort NDA_DST = 1;
    public const ushort NDA_LLADDR = 2;
    public const ushort NDA_PROTOCOL = 12;
    public const ushort NUD_REACHABLE = 0x02;
    public const ushort NUD_STALE = 0x04;
    public const ushort NUD_DELAY = 0x08;
    public const ushort NUD_PROBE = 0x10;
    public const ushort NUD_NOARP = 0x40;
    public const ushort NUD_PERMANENT = 0x80;
}

[KernelStruct("struct ifinfomsg")]
[StructLayout(LayoutKind.Sequential)]
internal struct IfInfoMsg
{
    public byte ifi_family;
    private readonly byte _pad;
    public ushort ifi_type;
    public int ifi_index;
    public uint ifi_flags;
    public uint ifi_change;
}

[KernelStruct("struct ifaddrmsg")]
[StructLayout(LayoutKind.Sequential)]
internal struct IfAddrMsg
{
    public byte ifa_family;
    public byte ifa_prefixlen;
    public byte ifa_flags;
    public byte ifa_scope;
    public int ifa_index;
}

[KernelStruct("struct rtmsg")]
[StructLayout(LayoutKind.Sequential)]
internal struct RtMsg
{
    public byte rtm_family;
    public byte rtm_dst_len;
    public byte rtm_src_len;
    public byte rtm_tos;
    public byte rtm_table;
    public byte rtm_protocol;
    public byte rtm_scope;
    public byte rtm_type;
    public uint rtm_flags;
}

[KernelStruct("struct fib_rule_hdr")]
[StructLayout(LayoutKind.Sequential)]
internal struct FibRuleHdr
{
    public byte family;
    public byte dst_len;
    public byte src_len;
    public byte tos;
    public byte table;
    public byte res1;
    public byte res2;
    public byte action;
    public uint flags;
}

[KernelStruct("struct ndmsg")]
[StructLayout(LayoutKind.Sequential)]
internal struct NdMsg
{
    public byte ndm_family;
    private readonly byte _pad1;
    private readonly ushort _pad2;
    public int ndm_ifindex;
    public ushort ndm_state;
    public byte ndm_flags;
    public byte ndm_type;
}
