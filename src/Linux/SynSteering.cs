using HaLvs.Linux.Interop;

namespace HaLvs.Linux;

/// <summary>
/// The program that tells a TUN with two queues which one a packet goes into (TUNSETSTEERINGEBPF): TCP segments that open a connection (SYN, neither ACK nor
/// RST) into the second, everything else into the first. A flood of SYNs then fills its own queue, and established connections lose nothing.
/// IPv6 extension headers are not followed: such a SYN goes with the others.
/// </summary>
internal static unsafe class SynSteering
{
    private const int Tcp = 6;
    private const int SynRstAck = 0x16;
    private const int Syn = 0x02;
    private const int OtherQueue = 22;

    /// <summary>struct bpf_insn, little endian. Offsets are into the IP header; a load beyond the packet ends the program with 0 (Documentation/bpf/standardization).</summary>
    private static readonly ulong[] Program =
    [
        Instruction(0xbf, 6, 1),                                            // 0 r6 = context, as packet loads want it
        LoadByte(0),                                                        // 1
        Instruction(0x77, 0, 0, 0, 4),                                      // 2 r0 >>= 4: the version
        Instruction(0x15, 0, 0, 11, 6),                                     // 3 IPv6: to 15
        LoadByte(9),                                                        // 4 protocol
        UnlessGoTo(5, Tcp),                                                 // 5
        Instruction(0x28, 0, 0, 0, 6),                                      // 6 fragment offset, two bytes
        Instruction(0x57, 0, 0, 0, 0x1fff),                                 // 7
        UnlessGoTo(8, 0),                                                   // 8 not the first fragment
        LoadByte(0),                                                        // 9
        Instruction(0x57, 0, 0, 0, 0xf),                                    // 10
        Instruction(0x67, 0, 0, 0, 2),                                      // 11 r0 = header length
        Instruction(0xbf, 7, 0),                                            // 12 r7 = r0
        Instruction(0x50, 0, 7, 0, 13),                                     // 13 r0 = byte r7 + 13: the flags
        Instruction(0x05, 0, 0, 3),                                         // 14 to 18
        LoadByte(6),                                                        // 15 next header
        UnlessGoTo(16, Tcp),                                                // 16
        LoadByte(53),                                                       // 17 the flags
        Instruction(0x57, 0, 0, 0, SynRstAck),                              // 18
        UnlessGoTo(19, Syn),                                                // 19
        Instruction(0xb7, 0, 0, 0, 1),                                      // 20 r0 = 1: the second queue
        Instruction(0x95),                                                  // 21 exit
        Instruction(0xb7, 0, 0, 0, 0),                                      // 22 r0 = 0: the first
        Instruction(0x95),                                                  // 23 exit
    ];

    /// <exception cref="LinuxException">The kernel refuses programs: not permitted, or no BPF.</exception>
    public static FileDescriptor Load()
    {
        ReadOnlySpan<byte> license = "Apache-2.0\0"u8;
        fixed (ulong* instructions = Program)
        fixed (byte* text = license)
        {
            BpfProgLoad load = new()
            {
                prog_type = Bpf.BPF_PROG_TYPE_SOCKET_FILTER,
                insn_cnt = (uint)Program.Length,
                insns = (ulong)instructions,
                license = (ulong)text,
            };
            "halvs_syn"u8.CopyTo(new Span<byte>(load.prog_name, 16));
            return FileDescriptor.Own(
                Libc.bpf(Bpf.BPF_PROG_LOAD, &load, (uint)sizeof(BpfProgLoad)), "load the program that separates SYNs", "Grant CAP_BPF in the unit.");
        }
    }

    private static ulong LoadByte(int offset) => Instruction(0x30, 0, 0, 0, offset);

    private static ulong UnlessGoTo(int own, int value) => Instruction(0x55, 0, 0, OtherQueue - own - 1, value);

    private static ulong Instruction(byte code, int destination = 0, int source = 0, int jump = 0, int value = 0) =>
        code | ((ulong)destination << 8) | ((ulong)source << 12) | ((ulong)(ushort)jump << 16) | ((ulong)(uint)value << 32);
}
