using System.Runtime.InteropServices;

namespace HaLvs.Linux.Interop;

/// <summary>linux/bpf.h: loading a small program without maps, and what libbpf leaves to its caller: entries of maps, programs by number.</summary>
internal static class Bpf
{
    public const int BPF_MAP_LOOKUP_ELEM = 1;
    public const int BPF_MAP_UPDATE_ELEM = 2;
    public const int BPF_MAP_DELETE_ELEM = 3;
    public const int BPF_PROG_LOAD = 5;
    public const int BPF_PROG_GET_FD_BY_ID = 13;
    public const int BPF_OBJ_GET_INFO_BY_FD = 15;
    public const int BPF_MAP_UPDATE_BATCH = 26;
    public const int BPF_MAP_DELETE_BATCH = 27;
    public const uint BPF_PROG_TYPE_SOCKET_FILTER = 1;
    public const int BPF_OBJ_NAME_LEN = 16;
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

/// <summary>The members of BPF_MAP_*_ELEM.</summary>
[KernelStruct("union bpf_attr", IsLonger = true)]
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct BpfMapElement
{
    [FieldOffset(0)] public uint map_fd;
    [FieldOffset(8)] public ulong key;
    [FieldOffset(16)] public ulong value;
    [FieldOffset(24)] public ulong flags;
}

/// <summary>The members of BPF_MAP_*_BATCH.</summary>
[KernelStruct("union bpf_attr", IsLonger = true, Member = "batch")]
[StructLayout(LayoutKind.Explicit, Size = 56)]
internal struct BpfMapBatch
{
    [FieldOffset(16)] public ulong keys;
    [FieldOffset(24)] public ulong values;
    [FieldOffset(32)] public uint count;
    [FieldOffset(36)] public uint map_fd;
    [FieldOffset(40)] public ulong elem_flags;
    [FieldOffset(48)] public ulong flags;
}

/// <summary>The members of BPF_PROG_GET_FD_BY_ID.</summary>
[KernelStruct("union bpf_attr", IsLonger = true)]
[StructLayout(LayoutKind.Explicit, Size = 12)]
internal struct BpfById
{
    [FieldOffset(0)] public uint prog_id;
    [FieldOffset(8)] public uint open_flags;
}

/// <summary>The members of BPF_OBJ_GET_INFO_BY_FD.</summary>
[KernelStruct("union bpf_attr", IsLonger = true, Member = "info")]
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct BpfInfoRequest
{
    [FieldOffset(0)] public uint bpf_fd;
    [FieldOffset(4)] public uint info_len;
    [FieldOffset(8)] public ulong info;
}

/// <summary>What a program says of itself, as far as its name.</summary>
[KernelStruct("struct bpf_prog_info", IsLonger = true)]
[StructLayout(LayoutKind.Explicit, Size = 80)]
internal unsafe struct BpfProgInfo
{
    [FieldOffset(4)] public uint id;
    [FieldOffset(64)] public fixed byte name[Bpf.BPF_OBJ_NAME_LEN];
}
