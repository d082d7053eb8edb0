using System.Runtime.InteropServices;
using System.Text;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Offload;

/// <summary>Programs in the kernel by their number.</summary>
internal static unsafe class BpfPrograms
{
    /// <summary>An open descriptor, or null when there is no such program (any more).</summary>
    public static FileDescriptor? Find(uint id)
    {
        BpfById request = new() { prog_id = id };
        int descriptor = Libc.bpf(Bpf.BPF_PROG_GET_FD_BY_ID, &request, (uint)sizeof(BpfById));
        return descriptor < 0 ? null : FileDescriptor.Own(descriptor, "", "");
    }

    /// <summary>As its author wrote it, cut to 15 bytes.</summary>
    public static string NameOf(FileDescriptor program)
    {
        BpfProgInfo info = InfoOf(program);
        return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(info.name));
    }

    public static uint IdOf(FileDescriptor program) => InfoOf(program).id;

    private static BpfProgInfo InfoOf(FileDescriptor program)
    {
        BpfProgInfo info = default;
        BpfInfoRequest request = new() { bpf_fd = (uint)program.DangerousGetHandle(), info_len = (uint)sizeof(BpfProgInfo), info = (ulong)&info };
        _ = Libc.bpf(Bpf.BPF_OBJ_GET_INFO_BY_FD, &request, (uint)sizeof(BpfInfoRequest));
        return info;
    }
}
