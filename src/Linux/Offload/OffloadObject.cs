using System.Runtime.InteropServices;
using System.Text;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Offload;

/// <summary>The compiled program inside this assembly, given to the kernel by libbpf.</summary>
internal static unsafe class OffloadObject
{
    private const string Resource = "nat.bpf.o";
    private const int LogBytes = 1 << 18;

    /// <exception cref="OffloadException">Not built, no library, not permitted, rejected: with the kernel's words.</exception>
    public static OffloadDescriptors Load(in OffloadLimits limits) => Load(Image(), in limits);

    /// <param name="image">Null: not built.</param>
    internal static OffloadDescriptors Load(byte[]? image, in OffloadLimits limits)
    {
        if (image is null)
            throw new OffloadException(
                OffloadRefusal.NotBuilt, "built without the offload program (clang was missing). Install clang and libbpf-dev on the build machine, and build again.");
        if (!LibBpf.IsPresent)
            throw new OffloadException(OffloadRefusal.NoLibrary, "libbpf.so.1 is missing. Install the package libbpf1.");
        _ = LibBpf.libbpf_set_print(0);
        nint log = (nint)NativeMemory.AllocZeroed(LogBytes);
        try
        {
            return Load(image, log, in limits);
        }
        finally
        {
            NativeMemory.Free((void*)log);
        }
    }

    internal static byte[]? Image()
    {
        using Stream? stream = typeof(OffloadObject).Assembly.GetManifestResourceStream(Resource);
        if (stream is null)
            return null;
        byte[] image = new byte[stream.Length];
        stream.ReadExactly(image);
        return image;
    }

    private static OffloadDescriptors Load(byte[] image, nint log, in OffloadLimits limits)
    {
        nint loaded = Open(image, log);
        try
        {
            Size(loaded, "flows4", OffloadLimits.Entries(limits.FlowsV4));
            Size(loaded, "flows6", OffloadLimits.Entries(limits.FlowsV6));
            Size(loaded, "counters", (uint)Math.Max(limits.Slots, 1));
            int refused = LibBpf.bpf_object__load(loaded);
            return refused == 0 ? Take(loaded) : throw Refusal(-refused, log);
        }
        finally
        {
            LibBpf.bpf_object__close(loaded);
        }
    }

    private static nint Open(byte[] image, nint log)
    {
        ReadOnlySpan<byte> name = "halvs\0"u8;
        fixed (byte* bytes = image)
        fixed (byte* nameAt = name)
        {
            BpfObjectOpenOpts options = new()
            {
                sz = LibBpf.SizeOf<BpfObjectOpenOpts>(),
                object_name = (nint)nameAt,
                kernel_log_buf = log,
                kernel_log_size = LogBytes,
            };
            nint opened = LibBpf.bpf_object__open_mem(bytes, (nuint)image.Length, &options);
            return opened != 0 ? opened : throw Refusal(Marshal.GetLastPInvokeError(), log);
        }
    }

    private static void Size(nint loaded, string map, uint entries) =>
        _ = LibBpf.bpf_map__set_max_entries(LibBpf.bpf_object__find_map_by_name(loaded, map), entries);

    /// <summary>Descriptors of our own: the library's close with its object.</summary>
    private static OffloadDescriptors Take(nint loaded) => new()
    {
        Tc = Program(loaded, OffloadDescriptors.TcName),
        Xdp = Program(loaded, OffloadDescriptors.XdpName),
        Flows4 = Map(loaded, "flows4"),
        Flows6 = Map(loaded, "flows6"),
        Counters = Map(loaded, "counters"),
        NextHops = Map(loaded, "next_hops"),
        Ports = Map(loaded, "ports"),
        Control = Map(loaded, "control"),
        Reasons = Map(loaded, "reasons"),
    };

    private static FileDescriptor Program(nint loaded, string name) => Copy(LibBpf.bpf_program__fd(LibBpf.bpf_object__find_program_by_name(loaded, name)));

    private static FileDescriptor Map(nint loaded, string name) => Copy(LibBpf.bpf_map__fd(LibBpf.bpf_object__find_map_by_name(loaded, name)));

    private static FileDescriptor Copy(int descriptor) =>
        FileDescriptor.Own(Libc.fcntl(descriptor, Files.F_DUPFD_CLOEXEC, 0), "keep a descriptor of the offload", "Raise LimitNOFILE in the unit.");

    private static OffloadException Refusal(int errno, nint log)
    {
        Span<byte> text = stackalloc byte[256];
        fixed (byte* at = text)
            _ = LibBpf.libbpf_strerror(errno, at, (nuint)text.Length);
        string why = Encoding.UTF8.GetString(text[..Math.Max(text.IndexOf((byte)0), 0)]);
        string said = Ends(Marshal.PtrToStringUTF8(log) ?? "");
        return errno is Errno.EPERM or Errno.EACCES && said.Length == 0
            ? new OffloadException(OffloadRefusal.NotPermitted, $"the kernel does not permit the offload program: {why}. Grant CAP_BPF and CAP_NET_ADMIN in the unit.")
            : new OffloadException(OffloadRefusal.Rejected, $"the kernel rejected the offload program: {why}{(said.Length == 0 ? "" : $" ({said})")}.");
    }

    /// <summary>The first and the last lines of the verifier's log: what it was about, and what it did not like.</summary>
    private static string Ends(string log)
    {
        string[] lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length <= 4 ? string.Join(" / ", lines) : string.Join(" / ", [.. lines[..2], "…", .. lines[^3..]]);
    }
}
