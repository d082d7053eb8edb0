namespace HaLvs.Director.Sync;

/// <summary>Totals since the start. Any thread may count and read.</summary>
public sealed class SyncCounters
{
    private long _sent, _received, _snapshotsSent, _snapshotsReceived, _overflows, _skipped, _notApplied, _refusedRecords, _refusedPeers, _malformed;

    /// <summary>Records handed to the stream.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Records applied to our table.</summary>
    public long Received => Interlocked.Read(ref _received);

    public long SnapshotsSent => Interlocked.Read(ref _snapshotsSent);

    public long SnapshotsReceived => Interlocked.Read(ref _snapshotsReceived);

    /// <summary>The change log ran over and a new snapshot was needed.</summary>
    public long Overflows => Interlocked.Read(ref _overflows);

    /// <summary>Records of a newer peer with values that this version does not know.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Records that did not fit our table.</summary>
    public long NotApplied => Interlocked.Read(ref _notApplied);

    /// <summary>Messages of a stale active, or that came while this node itself is active.</summary>
    public long Refused => Interlocked.Read(ref _refusedRecords);

    /// <summary>Connections without the peer's certificate or with a Hello that is not the peer's.</summary>
    public long RefusedPeers => Interlocked.Read(ref _refusedPeers);

    /// <summary>Streams ended because a message broke the rules.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    public void CountSent(int records) => Interlocked.Add(ref _sent, records);

    public void CountReceived(int records) => Interlocked.Add(ref _received, records);

    public void CountSnapshotSent() => Interlocked.Increment(ref _snapshotsSent);

    public void CountSnapshotReceived() => Interlocked.Increment(ref _snapshotsReceived);

    public void CountOverflow() => Interlocked.Increment(ref _overflows);

    public void CountSkipped(int records) => Interlocked.Add(ref _skipped, records);

    public void CountNotApplied(int records) => Interlocked.Add(ref _notApplied, records);

    public void CountRefused() => Interlocked.Increment(ref _refusedRecords);

    public void CountRefusedPeer() => Interlocked.Increment(ref _refusedPeers);

    public void CountMalformed() => Interlocked.Increment(ref _malformed);
}
