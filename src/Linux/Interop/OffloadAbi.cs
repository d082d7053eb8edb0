using System.Runtime.InteropServices;

namespace HaLvs.Linux.Interop;

/// <summary>src/Linux/Offload/nat.h: what the offload program and we share. Addresses and ports in network order.</summary>
internal static class OffloadAbi
{
    public const uint NAT_LAYOUT = 1;
    public const int NAT_NEXT_HOPS = 4096;
    public const int NAT_PORTS = 64;
    public const ushort NAT_SIDE_OUTSIDE = 1;
    public const ushort NAT_SIDE_INSIDE = 2;
    public const ushort NAT_HOP_XDP = 1;
    public const int NAT_FORWARDED = 0;
    public const int NAT_NO_LEASE = 1;
    public const int NAT_NOT_OURS = 2;
    public const int NAT_VLAN = 3;
    public const int NAT_NOT_IP = 4;
    public const int NAT_BAD_HEADER = 5;
    public const int NAT_OPTIONS = 6;
    public const int NAT_FRAGMENT = 7;
    public const int NAT_PROTOCOL = 8;
    public const int NAT_HOPS = 9;
    public const int NAT_CONTROL = 10;
    public const int NAT_NO_CHECKSUM = 11;
    public const int NAT_NO_FLOW = 12;
    public const int NAT_NO_HOP = 13;
    public const int NAT_TOO_BIG = 14;
    public const int NAT_FAILED = 15;
    public const int NAT_REASONS = 16;
}

[KernelStruct("struct nat_key4")]
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct NatKey4
{
    [FieldOffset(0)] public uint saddr;
    [FieldOffset(4)] public uint daddr;
    [FieldOffset(8)] public ushort sport;
    [FieldOffset(10)] public ushort dport;
    [FieldOffset(12)] public byte protocol;
}

/// <summary>An IPv6 address as it stands in a packet, in two halves: a UInt128 would want an alignment of 16.</summary>
[KernelStruct("struct in6_addr")]
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct NatAddress6
{
    [FieldOffset(0)] public ulong _high;
    [FieldOffset(8)] public ulong _low;
}

[KernelStruct("struct nat_key6")]
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal struct NatKey6
{
    [FieldOffset(0)] public NatAddress6 saddr;
    [FieldOffset(16)] public NatAddress6 daddr;
    [FieldOffset(32)] public ushort sport;
    [FieldOffset(34)] public ushort dport;
    [FieldOffset(36)] public byte protocol;
}

[KernelStruct("struct nat_common")]
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct NatCommon
{
    [FieldOffset(0)] public ushort address_delta;
    [FieldOffset(2)] public ushort port_delta;
    [FieldOffset(4)] public ushort next_hop;
    [FieldOffset(6)] public byte sides;
    [FieldOffset(8)] public uint slot;
    [FieldOffset(12)] public uint check;
}

[KernelStruct("struct nat_flow4")]
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct NatFlow4
{
    [FieldOffset(0)] public NatCommon common;
    [FieldOffset(16)] public uint saddr;
    [FieldOffset(20)] public uint daddr;
    [FieldOffset(24)] public ushort sport;
    [FieldOffset(26)] public ushort dport;
    [FieldOffset(28)] public uint check;
}

[KernelStruct("struct nat_flow6")]
[StructLayout(LayoutKind.Explicit, Size = 56)]
internal struct NatFlow6
{
    [FieldOffset(0)] public NatCommon common;
    [FieldOffset(16)] public NatAddress6 saddr;
    [FieldOffset(32)] public NatAddress6 daddr;
    [FieldOffset(48)] public ushort sport;
    [FieldOffset(50)] public ushort dport;
    [FieldOffset(52)] public uint check;
}

[KernelStruct("struct nat_direction")]
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct NatDirection
{
    [FieldOffset(0)] public ulong bytes;
    [FieldOffset(8)] public uint packets;
    [FieldOffset(12)] public uint seen;
}

[KernelStruct("struct nat_next_hop")]
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal unsafe struct NatNextHop
{
    [FieldOffset(0)] public uint ifindex;
    [FieldOffset(4)] public ushort flags;
    [FieldOffset(6)] public ushort stamp;
    [FieldOffset(8)] public fixed byte destination[6];
    [FieldOffset(14)] public ushort destination_stamp;
    [FieldOffset(16)] public fixed byte source[6];
    [FieldOffset(22)] public ushort source_stamp;
    [FieldOffset(24)] public uint mtu;
    [FieldOffset(30)] public ushort mtu_stamp;
}

[KernelStruct("struct nat_port")]
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal unsafe struct NatPort
{
    [FieldOffset(0)] public fixed byte address[6];
    [FieldOffset(6)] public ushort sides;
}

[KernelStruct("struct nat_control")]
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct NatControl
{
    [FieldOffset(0)] public uint layout;
    [FieldOffset(8)] public ulong lease_until;
}
