using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;
using HaLvs.Linux.Netlink;

namespace HaLvs.Linux.Offload;

/// <summary>
/// A filter at the clsact ingress hook, at a priority and handle of our own. The qdisc itself goes with us when we, or an earlier life of ours, made it and no
/// filter of others is left on it.
/// </summary>
internal sealed unsafe class TcAttachment : OffloadAttachment
{
    /// <summary>Our mark in the tables of the kernel, as in routes and addresses.</summary>
    private const uint Priority = 147;
    private const uint Handle = 1;
    private readonly bool _ownsQdisc;

    private TcAttachment(OffloadProgram program, int interfaceIndex, bool ownsQdisc)
        : base(program, interfaceIndex, OffloadMode.Tc) => _ownsQdisc = ownsQdisc;

    public static TcAttachment Attach(OffloadProgram program, int interfaceIndex)
    {
        BpfTcHook hook = HookAt(interfaceIndex);
        int created = LibBpf.bpf_tc_hook_create(&hook);
        if (created is not (0 or -Errno.EEXIST))
            throw Refused(interfaceIndex, -created);
        bool leftover = created == -Errno.EEXIST && FindLeftover(&hook, interfaceIndex);
        BpfTcOpts options = OurPlace();
        options.prog_fd = (int)program.Program(OffloadMode.Tc).DangerousGetHandle();
        options.flags = leftover ? LibBpfAbi.BPF_TC_F_REPLACE : 0;
        int attached = LibBpf.bpf_tc_attach(&hook, &options);
        if (attached == 0)
            return new TcAttachment(program, interfaceIndex, created == 0 || leftover);
        if (created == 0)
            RemoveQdisc(interfaceIndex);
        throw Refused(interfaceIndex, -attached);
    }

    private protected override void Detach()
    {
        BpfTcHook hook = HookAt(InterfaceIndex);
        BpfTcOpts options = OurPlace();
        _ = LibBpf.bpf_tc_detach(&hook, &options);
        using Rtnetlink netlink = new();
        if (_ownsQdisc && !netlink.HasFilters(InterfaceIndex))
            RemoveQdisc(InterfaceIndex);
    }

    /// <summary>True: our own filter of an earlier life. Another's in our place: refused.</summary>
    private static bool FindLeftover(BpfTcHook* hook, int interfaceIndex)
    {
        BpfTcOpts found = OurPlace();
        if (LibBpf.bpf_tc_query(hook, &found) != 0)
            return false;
        using FileDescriptor? there = BpfPrograms.Find(found.prog_id);
        string name = there is null ? "" : BpfPrograms.NameOf(there);
        return name == OffloadDescriptors.TcName
            ? true
            : throw new OffloadException(
                OffloadRefusal.Occupied, $"interface {interfaceIndex}: the filter of priority {Priority} is another's ({name}). Remove it (`tc filter del`), or move it.");
    }

    private static BpfTcHook HookAt(int interfaceIndex) =>
        new() { sz = LibBpf.SizeOf<BpfTcHook>(), ifindex = interfaceIndex, attach_point = LibBpfAbi.BPF_TC_INGRESS };

    private static BpfTcOpts OurPlace() => new() { sz = LibBpf.SizeOf<BpfTcOpts>(), handle = Handle, priority = Priority };

    /// <summary>Both hooks at once mean the qdisc.</summary>
    private static void RemoveQdisc(int interfaceIndex)
    {
        BpfTcHook both = HookAt(interfaceIndex);
        both.attach_point |= LibBpfAbi.BPF_TC_EGRESS;
        _ = LibBpf.bpf_tc_hook_destroy(&both);
    }

    private static OffloadException Refused(int interfaceIndex, int errno) => new(
        errno is Errno.EPERM or Errno.EACCES ? OffloadRefusal.NotPermitted : OffloadRefusal.Unable,
        $"interface {interfaceIndex} takes no tc program: {Marshal.GetPInvokeErrorMessage(errno)}.");
}
