
namespace HaLvs.Linux.Offload;

/// <summary>
/// The descriptors of the loaded programs and maps: all that the kernel knows of the offload, whoever loaded it. Names are those of nat.bpf.c. Whoever
/// holds it owns them; programs and maps die with the last descriptor, attachment or pin.
/// </summary>
internal sealed class OffloadDescriptors : IDisposable
{
    public const string TcName = "halvs_nat_tc";
    public const string XdpName = "halvs_nat_xdp";

    public required FileDescriptor Tc { get; init; }

    public required FileDescriptor Xdp { get; init; }

    public required FileDescriptor Flows4 { get; init; }

    public required FileDescriptor Flows6 { get; init; }

    public required FileDescriptor Counters { get; init; }

    public required FileDescriptor NextHops { get; init; }

    public required FileDescriptor Ports { get; init; }

    public required FileDescriptor Control { get; init; }

    public required FileDescriptor Reasons { get; init; }

    public void Dispose()
    {
        foreach (FileDescriptor descriptor in (FileDescriptor[])[Tc, Xdp, Flows4, Flows6, Counters, NextHops, Ports, Control, Reasons])
            descriptor.Dispose();
    }
}
