using System.Runtime.InteropServices;

namespace HaLvs.Linux.Interop;

/// <summary>Where programs are attached: linux/if_link.h, linux/pkt_sched.h, linux/rtnetlink.h; linux/ethtool.h for who drives an interface.</summary>
internal static class OffloadAttachAbi
{
    public const uint XDP_FLAGS_UPDATE_IF_NOEXIST = 1;
    public const uint XDP_FLAGS_DRV_MODE = 4;
    public const ushort RTM_GETTFILTER = 46;
    public const uint TC_H_CLSACT = 0xfffffff1;
    public const uint TC_H_MIN_INGRESS = 0xfff2;
    public const uint TC_H_MIN_EGRESS = 0xfff3;
    public const int SIOCETHTOOL = 0x8946;
    public const uint ETHTOOL_GDRVINFO = 3;
}

[KernelStruct("struct tcmsg")]
[StructLayout(LayoutKind.Explicit, Size = 20)]
internal struct TcMsg
{
    [FieldOffset(0)] public byte tcm_family;
    [FieldOffset(4)] public int tcm_ifindex;
    [FieldOffset(8)] public uint tcm_handle;
    [FieldOffset(12)] public uint tcm_parent;
    [FieldOffset(16)] public uint tcm_info;
}

[KernelStruct("struct ethtool_drvinfo")]
[StructLayout(LayoutKind.Explicit, Size = 196)]
internal unsafe struct EthtoolDrvInfo
{
    [FieldOffset(0)] public uint cmd;
    [FieldOffset(4)] public fixed byte driver[32];
}
