using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

/// <summary>One network interface as the kernel shows it. The hardware address has 6 bytes on Ethernet, none on TUN.</summary>
public sealed record Link(int Index, string Name, int MtuBytes, int TransmitQueueLength, bool HasCarrier, uint Flags, ReadOnlyMemory<byte> HardwareAddress)
{
    /// <summary>Set up by the administrator (IFF_UP); says nothing about the cable.</summary>
    public bool IsUp => (Flags & Tun.IFF_UP) != 0;

    /// <summary>The interface was deleted (only in <see cref="LinkMonitor"/> news).</summary>
    public bool IsGone { get; init; }
}
