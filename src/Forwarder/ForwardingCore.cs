using System.Collections.Immutable;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder;

/// <summary>
/// The one door into the forwarder: bytes and now in, bytes and a verdict out. Not thread-safe: whoever holds it calls it from one thread at a
/// time. Owns the service table, the connection table and its change log. <c>now</c> is monotonic milliseconds from any origin.
/// </summary>
public sealed class ForwardingCore
{
    /// <summary>Bytes before the IP header in a frame: struct virtio_net_hdr (include/uapi/linux/virtio_net.h).</summary>
    public const int VirtioHeaderBytes = 10;

    /// <summary>A frame buffer must be at least this long: header and the largest IP packet.</summary>
    public const int FrameBytes = VirtioHeaderBytes + 65_535;

    public ForwardingCore(ForwardingCoreOptions options) => throw new NotImplementedException();

    public ForwardingCoreOptions Options => throw new NotImplementedException();

    /// <summary>Replaces network facts; Capacity and Seed stay as they were made.</summary>
    public void Configure(ForwardingCoreOptions options) => throw new NotImplementedException();

    /// <summary>Makes the service table equal to this list. Unchanged servers keep connections and counters; connections of removed ones are kept until they end.</summary>
    public void ApplyServices(ImmutableArray<VirtualServiceConfig> services) => throw new NotImplementedException();

    public ImmutableArray<ServiceSnapshot> SnapshotServices() => throw new NotImplementedException();

    /// <summary>
    /// Carries one frame (virtio_net_hdr, IP packet) of <paramref name="length"/> bytes through the pipeline, in place.
    /// Returns the length of the frame to write back, or 0 when there is none. Never throws on any bytes; never allocates.
    /// </summary>
    public int Process(Span<byte> frame, int length, long now) => throw new NotImplementedException();

    /// <summary>Ages connections; call about every 100 ms. Bounded work per call.</summary>
    public void Tick(long now) => throw new NotImplementedException();

    /// <summary>True on a standby: synced connections do not expire. Turning it off restarts every timer from its state's full time-out.</summary>
    public void SetTimersFrozen(bool frozen, long now) => throw new NotImplementedException();

    public int ConnectionCount => throw new NotImplementedException();

    public ForwarderCounters Counters => throw new NotImplementedException();

    // --- the change log, for Sync -------------------------------------------------------------------------------------------------

    /// <summary>Switches the change log on (empty) or off. Off costs nothing per packet.</summary>
    public void EnableChangeLog(bool enabled) => throw new NotImplementedException();

    public bool HasChanges => throw new NotImplementedException();

    /// <summary>True when the log overflowed: changes were lost and the peer needs a new snapshot. Cleared by <see cref="EnableChangeLog"/>.</summary>
    public bool ChangeLogOverflowed => throw new NotImplementedException();

    /// <summary>Takes up to <paramref name="destination"/>.Length changes, oldest first; returns how many.</summary>
    public int TakeChanges(Span<ConnectionChange> destination, long now) => throw new NotImplementedException();

    /// <summary>Copies connections from table slot <paramref name="cursor"/> on; advances it; returns how many; 0 with cursor == -1 at the end.</summary>
    public int CopyConnections(ref int cursor, Span<ConnectionRecord> destination, long now) => throw new NotImplementedException();

    // --- the standby's side -------------------------------------------------------------------------------------------------------

    /// <summary>Begins a snapshot: every connection present now is stale until confirmed by <see cref="ApplyRemote"/>.</summary>
    public void BeginRemoteSnapshot() => throw new NotImplementedException();

    /// <summary>Removes what the snapshot did not confirm; returns how many.</summary>
    public int EndRemoteSnapshot() => throw new NotImplementedException();

    /// <summary>Applies one change from the active. False when the table is full (counted).</summary>
    public bool ApplyRemote(in ConnectionChange change, long now) => throw new NotImplementedException();
}
