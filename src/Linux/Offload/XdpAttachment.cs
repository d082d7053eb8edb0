using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Offload;

/// <summary>The program in the driver. The kernel compares before it replaces or removes: another's program is never touched.</summary>
internal sealed unsafe class XdpAttachment : OffloadAttachment
{
    private readonly FileDescriptor _program;

    private XdpAttachment(OffloadProgram program, int interfaceIndex)
        : base(program, interfaceIndex, OffloadMode.Xdp) => _program = program.Program(OffloadMode.Xdp);

    public static XdpAttachment Attach(OffloadProgram program, int interfaceIndex)
    {
        uint there = 0;
        int asked = LibBpf.bpf_xdp_query_id(interfaceIndex, 0, &there);
        if (asked != 0)
            throw Refused(interfaceIndex, -asked);
        using FileDescriptor? leftover = FindLeftover(interfaceIndex, there);
        BpfXdpAttachOpts options = new() { sz = LibBpf.SizeOf<BpfXdpAttachOpts>(), old_prog_fd = leftover is null ? 0 : (int)leftover.DangerousGetHandle() };
        uint flags = OffloadAttachAbi.XDP_FLAGS_DRV_MODE | (leftover is null ? OffloadAttachAbi.XDP_FLAGS_UPDATE_IF_NOEXIST : 0);
        int attached = LibBpf.bpf_xdp_attach(interfaceIndex, (int)program.Program(OffloadMode.Xdp).DangerousGetHandle(), flags, &options);
        return attached == 0 ? new XdpAttachment(program, interfaceIndex) : throw Refused(interfaceIndex, -attached);
    }

    private protected override void Detach()
    {
        BpfXdpAttachOpts options = new() { sz = LibBpf.SizeOf<BpfXdpAttachOpts>(), old_prog_fd = (int)_program.DangerousGetHandle() };
        _ = LibBpf.bpf_xdp_detach(InterfaceIndex, OffloadAttachAbi.XDP_FLAGS_DRV_MODE, &options);
    }

    private static FileDescriptor? FindLeftover(int interfaceIndex, uint id)
    {
        FileDescriptor? there = id == 0 ? null : BpfPrograms.Find(id);
        string name = there is null ? "" : BpfPrograms.NameOf(there);
        if (there is null || name == OffloadDescriptors.XdpName)
            return there;
        there.Dispose();
        throw new OffloadException(OffloadRefusal.Occupied, $"interface {interfaceIndex} already runs another's XDP program ({name}). Use offload = \"tc\", or remove it.");
    }

    private static OffloadException Refused(int interfaceIndex, int errno) => new(
        errno is Errno.EPERM or Errno.EACCES ? OffloadRefusal.NotPermitted : errno is Errno.EBUSY or Errno.EEXIST ? OffloadRefusal.Occupied : OffloadRefusal.Unable,
        $"interface {interfaceIndex} takes no XDP program in its driver: {Marshal.GetPInvokeErrorMessage(errno)}.");
}
