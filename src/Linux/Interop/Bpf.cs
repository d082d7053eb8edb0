using System.Runtime.InteropServices;

namespace HaLvs.Linux.Interop;

/// <summary>linux/bpf.h: what loading a small program without maps needs.</summary>
internal static class Bpf
{
    public const int BPF_PROG_LOAD = 5;
    public const uint BPF_PROG_TYPE_SOCKET_FILTER = 1;
}

/// <summary>The members of BPF_PROG_LOAD up to the name; the kernel takes the rest as zero.</summary>
[KernelStruct("union bpf_attr", IsLonger = true)]
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal unsafe struct BpfProgLoad
{
    [FieldOffset(0)] public uint prog_type;
    [FieldOffset(4)] public uint insn_cnt;
    [FieldOffset(8)] public ulong insns;
    [FieldOffset(16)] public ulong license;
    [FieldOffset(24)] public uint log_level;
    [FieldOffset(28)] public uint log_size;
    [FieldOffset(32)] public ulong log_buf;
    [FieldOffset(48)] public fixed byte prog_name[16];
}
