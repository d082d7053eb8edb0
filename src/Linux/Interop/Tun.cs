using System.Runtime.InteropServices;

namespace HaLvs.Linux.Interop;

/// <summary>linux/if_tun.h and linux/if.h.</summary>
internal static class Tun
{
    public const int IFNAMSIZ = 16;
    public const short IFF_TUN = 0x0001;
    public const short IFF_NO_PI = 0x1000;
    public const short IFF_VNET_HDR = 0x4000;
    public const short IFF_MULTI_QUEUE = 0x0100;
    public const ushort IFF_TUN_EXCL = 0x8000;
    public const uint TUNSETIFF = 0x400454ca;
    public const uint TUNSETOFFLOAD = 0x400454d0;
    public const uint TUNSETVNETHDRSZ = 0x400454d8;
    public const uint TUNSETSTEERINGEBPF = 0x800454e0;
    public const uint TUN_F_CSUM = 0x01;
    public const uint TUN_F_TSO4 = 0x02;
    public const uint TUN_F_TSO6 = 0x04;
    public const uint TUN_F_TSO_ECN = 0x08;
    public const uint TUN_F_USO4 = 0x20;
    public const uint TUN_F_USO6 = 0x40;
    public const uint IFF_UP = 0x1;
    public const uint IFF_LOOPBACK = 0x8;
    public const uint IFF_RUNNING = 0x40;
    public const uint IFF_LOWER_UP = 0x10000;
}

[KernelStruct("struct ifreq")]
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal unsafe struct IfReq
{
    [FieldOffset(0)] public fixed byte ifr_name[Tun.IFNAMSIZ];
    [FieldOffset(16)] public short ifr_flags;
    [FieldOffset(16)] public nint ifr_data;
}
