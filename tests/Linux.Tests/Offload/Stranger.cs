using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Tests.Offload;

/// <summary>A program of somebody else: "r0 = verdict; exit".</summary>
internal static unsafe class Stranger
{
    public const uint SchedulerClassifier = 3;
    public const uint Xdp = 6;

    public static FileDescriptor Load(uint type, int verdict)
    {
        ulong[] program = [0xb7ul | ((ulong)(uint)verdict << 32), 0x95];
        ReadOnlySpan<byte> license = "Apache-2.0\0"u8;
        fixed (ulong* instructions = program)
        fixed (byte* text = license)
        {
            BpfProgLoad load = new() { prog_type = type, insn_cnt = 2, insns = (ulong)instructions, license = (ulong)text };
            "stranger"u8.CopyTo(new Span<byte>(load.prog_name, 16));
            return FileDescriptor.Own(Libc.bpf(Bpf.BPF_PROG_LOAD, &load, (uint)sizeof(BpfProgLoad)), "load a stranger", "");
        }
    }

    /// <summary>At clsact ingress, with a priority and handle of its choice.</summary>
    public static void AttachTc(FileDescriptor program, int interfaceIndex, uint priority, uint handle)
    {
        BpfTcHook hook = new() { sz = LibBpf.SizeOf<BpfTcHook>(), ifindex = interfaceIndex, attach_point = LibBpfAbi.BPF_TC_INGRESS };
        _ = LibBpf.bpf_tc_hook_create(&hook);
        BpfTcOpts options = new() { sz = LibBpf.SizeOf<BpfTcOpts>(), prog_fd = (int)program.DangerousGetHandle(), priority = priority, handle = handle };
        Assert.Equal(0, LibBpf.bpf_tc_attach(&hook, &options));
    }

    public static void AttachXdp(FileDescriptor program, int interfaceIndex)
    {
        BpfXdpAttachOpts options = new() { sz = LibBpf.SizeOf<BpfXdpAttachOpts>() };
        Assert.Equal(0, LibBpf.bpf_xdp_attach(interfaceIndex, (int)program.DangerousGetHandle(), OffloadAttachAbi.XDP_FLAGS_DRV_MODE, &options));
    }

    public static uint XdpAt(int interfaceIndex)
    {
        uint id = 0;
        Assert.Equal(0, LibBpf.bpf_xdp_query_id(interfaceIndex, 0, &id));
        return id;
    }
}
