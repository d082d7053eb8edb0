namespace HaLvs.Forwarder.Offload;

/// <summary>
/// What the kernel knows of the flows that it forwards by itself, by their slot in the table. The core reads it where it decides by age and where it
/// counts; everything else it tells the kernel by <see cref="OffloadChange"/>.
/// </summary>
public interface IOffloadCache
{
    /// <summary>When the kernel last forwarded a packet of this slot's flow, in milliseconds of the core's clock; 0: never.</summary>
    long LastSeen(int slot);

    /// <summary>What it has forwarded since this was last asked.</summary>
    OffloadTraffic TakeTraffic(int slot);
}

/// <summary>Packets and bytes of IP, client to server (in) and server to client (out).</summary>
public readonly record struct OffloadTraffic(long InPackets, long InBytes, long OutPackets, long OutBytes);
