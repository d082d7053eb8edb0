using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;
using HaLvs.Linux.Offload;

namespace HaLvs.Linux.Tests.Offload;

/// <summary>The members of BPF_PROG_TEST_RUN.</summary>
[KernelStruct("union bpf_attr", IsLonger = true, Member = "test")]
[StructLayout(LayoutKind.Explicit, Size = 80)]
internal struct BpfTestRun
{
    [FieldOffset(0)] public uint prog_fd;
    [FieldOffset(4)] public uint retval;
    [FieldOffset(8)] public uint data_size_in;
    [FieldOffset(12)] public uint data_size_out;
    [FieldOffset(16)] public ulong data_in;
    [FieldOffset(24)] public ulong data_out;
    [FieldOffset(32)] public uint repeat;
    [FieldOffset(36)] public uint duration;
    [FieldOffset(40)] public uint ctx_size_in;
    [FieldOffset(48)] public ulong ctx_in;
    [FieldOffset(64)] public uint flags;
}

/// <summary>What a trial may say of a packet buffer.</summary>
[KernelStruct("struct __sk_buff", IsLonger = true)]
[StructLayout(LayoutKind.Explicit, Size = 180)]
internal struct SkBuff
{
    [FieldOffset(164)] public uint gso_segs;
    [FieldOffset(176)] public uint gso_size;
}

/// <summary>
/// Runs one entry point on one frame inside the kernel, without an interface (BPF_PROG_TEST_RUN). The frame arrives on loopback, interface 1, whose address
/// is all zeros.
/// </summary>
internal sealed unsafe class ProgramTrial(OffloadProgram program, OffloadMode mode)
{
    public const int InterfaceIndex = 1;
    private const int TestRun = 10;
    private const uint TcRedirect = 7;
    private const uint XdpRedirect = 4;
    private readonly byte[] _output = GC.AllocateArray<byte>(70_000, pinned: true);

    /// <summary>Nanoseconds of one run, of the last trial with repetitions.</summary>
    public uint Nanoseconds { get; private set; }

    /// <summary>The frame that leaves, or null: left to the user path. Valid until the next trial.</summary>
    public ReadOnlySpan<byte> Run(ReadOnlySpan<byte> frame, out bool forwarded, int segmentBytes = 0, int repeat = 1)
    {
        SkBuff context = new() { gso_segs = segmentBytes == 0 ? 0u : 2, gso_size = (uint)segmentBytes };
        fixed (byte* data = frame)
        fixed (byte* output = _output)
        {
            BpfTestRun run = new()
            {
                prog_fd = (uint)program.Program(mode).DangerousGetHandle(),
                data_in = (ulong)data,
                data_size_in = (uint)frame.Length,
                data_out = (ulong)output,
                data_size_out = (uint)_output.Length,
                repeat = (uint)repeat,
                ctx_in = segmentBytes == 0 ? 0 : (ulong)&context,
                ctx_size_in = segmentBytes == 0 ? 0 : (uint)sizeof(SkBuff),
            };
            if (Libc.bpf(TestRun, &run, (uint)Unsafe.SizeOf<BpfTestRun>()) != 0)
                throw new LinuxException("run the offload program on a packet", Marshal.GetLastPInvokeError(), "");
            Nanoseconds = run.duration;
            forwarded = run.retval == (mode == OffloadMode.Tc ? TcRedirect : XdpRedirect);
            return _output.AsSpan(0, (int)run.data_size_out);
        }
    }
}
