using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HaLvs.Linux.Interop;

/// <summary>
/// bpf/libbpf.h, version 1: an error is NULL or a negative errno, and errno too. Only after <see cref="IsPresent"/>: the library is bound at the
/// first call.
/// </summary>
internal static unsafe partial class LibBpf
{
    private const string Library = "libbpf.so.1";

    /// <summary>False where the package libbpf1 is missing.</summary>
    internal static bool IsPresent { get; } = NativeLibrary.TryLoad(Library, out _);

    [LibraryImport(Library)]
    internal static partial nint libbpf_set_print(nint print);

    /// <summary>Knows the library's own numbers too, which are above those of the kernel.</summary>
    [LibraryImport(Library)]
    internal static partial int libbpf_strerror(int error, byte* text, nuint size);

    [LibraryImport(Library)]
    internal static partial int libbpf_num_possible_cpus();

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_object__open_mem(void* bytes, nuint length, BpfObjectOpenOpts* options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_object__load(nint bpfObject);

    [LibraryImport(Library)]
    internal static partial void bpf_object__close(nint bpfObject);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint bpf_object__find_map_by_name(nint bpfObject, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint bpf_object__find_program_by_name(nint bpfObject, string name);

    [LibraryImport(Library)]
    internal static partial int bpf_map__set_max_entries(nint map, uint entries);

    [LibraryImport(Library)]
    internal static partial int bpf_map__fd(nint map);

    [LibraryImport(Library)]
    internal static partial int bpf_program__fd(nint program);

    [LibraryImport(Library)]
    internal static partial int bpf_tc_hook_create(BpfTcHook* hook);

    [LibraryImport(Library)]
    internal static partial int bpf_tc_hook_destroy(BpfTcHook* hook);

    [LibraryImport(Library)]
    internal static partial int bpf_tc_attach(BpfTcHook* hook, BpfTcOpts* options);

    [LibraryImport(Library)]
    internal static partial int bpf_tc_detach(BpfTcHook* hook, BpfTcOpts* options);

    [LibraryImport(Library)]
    internal static partial int bpf_tc_query(BpfTcHook* hook, BpfTcOpts* options);

    [LibraryImport(Library)]
    internal static partial int bpf_xdp_attach(int interfaceIndex, int program, uint flags, BpfXdpAttachOpts* options);

    [LibraryImport(Library)]
    internal static partial int bpf_xdp_detach(int interfaceIndex, uint flags, BpfXdpAttachOpts* options);

    [LibraryImport(Library)]
    internal static partial int bpf_xdp_query_id(int interfaceIndex, int flags, uint* program);

    internal static nuint SizeOf<T>() where T : unmanaged => (nuint)Unsafe.SizeOf<T>();
}

/// <summary>Enumerators of bpf/libbpf.h.</summary>
internal static class LibBpfAbi
{
    public const uint BPF_TC_INGRESS = 1;
    public const uint BPF_TC_EGRESS = 2;
    public const uint BPF_TC_F_REPLACE = 1;
}

/// <summary>The options up to the kernel's log; the library takes a longer or shorter one by its size.</summary>
[KernelStruct("struct bpf_object_open_opts", IsLonger = true, Header = "bpf/libbpf.h")]
[StructLayout(LayoutKind.Explicit, Size = 80)]
internal struct BpfObjectOpenOpts
{
    [FieldOffset(0)] public nuint sz;
    [FieldOffset(8)] public nint object_name;
    [FieldOffset(56)] public nint kernel_log_buf;
    [FieldOffset(64)] public nuint kernel_log_size;
    [FieldOffset(72)] public uint kernel_log_level;
}

[KernelStruct("struct bpf_tc_hook", Header = "bpf/libbpf.h")]
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal struct BpfTcHook
{
    [FieldOffset(0)] public nuint sz;
    [FieldOffset(8)] public int ifindex;
    [FieldOffset(12)] public uint attach_point;
    [FieldOffset(16)] public uint parent;
}

[KernelStruct("struct bpf_tc_opts", Header = "bpf/libbpf.h")]
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct BpfTcOpts
{
    [FieldOffset(0)] public nuint sz;
    [FieldOffset(8)] public int prog_fd;
    [FieldOffset(12)] public uint flags;
    [FieldOffset(16)] public uint prog_id;
    [FieldOffset(20)] public uint handle;
    [FieldOffset(24)] public uint priority;
}

[KernelStruct("struct bpf_xdp_attach_opts", Header = "bpf/libbpf.h")]
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct BpfXdpAttachOpts
{
    [FieldOffset(0)] public nuint sz;
    [FieldOffset(8)] public int old_prog_fd;
}
