using HaLvs.Director.Runtime;
using HaLvs.Director.Sync.Tables;
using HaLvs.Director.Sync.V1;
using HaLvs.Director.Sync.Wire;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Sync.Receiving;

/// <summary>
/// What one stream from the peer does to our table. Synchronous. Every batch is applied under the gate, and only while this node is not active and the
/// source's epoch is the highest seen: once <see cref="SyncEngine.SetRole"/> has returned, nothing of an old source gets in.
/// </summary>
public sealed class ReplicaIntake(IReplicatedTable table, SyncRole role, SyncCounters counters, SyncTiming timing, IRuntimeReplica? runtime = null)
{
    private readonly BatchReader _reader = new();

    /// <summary>What the table had no room for. A flow leaves the list when it ends or fits after all (while a snapshot runs, a new flow may be named before the end of the one whose port it took over).</summary>
    private readonly HashSet<ConnectionKey> _leftOut = [];
    private long _roleVersion = -1;
    private ulong _epoch;
    private ulong _adopted;
    private ulong _confirmed;
    private bool _inSnapshot;
    private bool _whole;

    /// <summary>Sequence number of the last message that stands in our table whole.</summary>
    public ulong Applied { get; private set; }

    /// <summary>
    /// Our copy holds a whole snapshot of the newest active and every change that came after it. An active that stepped down in good order leaves
    /// it complete: nobody has changed anything since.
    /// </summary>
    public bool Complete => _whole && RoomForAll && role.Version == _roleVersion;

    /// <summary>Nothing had to be left out for want of room.</summary>
    public bool RoomForAll => _leftOut.Count == 0;

    public bool InSnapshot => _inSnapshot;

    /// <summary>Connections that the running snapshot announced, and how many records came since: for people.</summary>
    public ulong Announced { get; private set; }

    public ulong Taken { get; private set; }

    /// <summary>Takes one message; throws <see cref="SyncProtocolException"/> when it may not be taken: then the stream must end.</summary>
    public void Accept(SourceMessage message, long now)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Sequence != 0) CheckSequence(message.Sequence);
        switch (message.BodyCase)
        {
            case SourceMessage.BodyOneofCase.SnapshotBegin: Begin(message.SnapshotBegin); break;
            case SourceMessage.BodyOneofCase.Batch: Apply(message.Batch, now); break;
            case SourceMessage.BodyOneofCase.SnapshotEnd: End(); break;
            case SourceMessage.BodyOneofCase.RuntimeState: Adopt(message.RuntimeState); break;
            default: break; // A sign of life, or a message of a newer version that this one does not need.
        }

        if (message.Sequence != 0) Applied = message.Sequence;
    }

    private void CheckSequence(ulong sequence)
    {
        if (sequence != Applied + 1) throw new SyncProtocolException($"message {sequence} follows {Applied}: something is missing");
    }

    private void Begin(SnapshotBegin begin)
    {
        lock (table.Gate)
        {
            if (role.Active) throw Refused($"a snapshot of epoch {begin.Epoch} while this node itself is active in epoch {role.Epoch}");
            if (begin.Epoch < role.HighestEpoch)
                throw Refused($"a snapshot of epoch {begin.Epoch}, but epoch {role.HighestEpoch} was already seen: the sender is a stale active");
            role.Saw(begin.Epoch);
            (_epoch, _roleVersion) = (begin.Epoch, role.Version);
            table.BeginRemoteSnapshot();
        }

        _leftOut.Clear();
        (_inSnapshot, _whole, Announced, Taken) = (true, false, begin.Connections, 0);
    }

    /// <summary>
    /// Version of the peer's newest run-time services that are in force here and on disk; 0 before the first. It may rise later, when a disk that
    /// refused takes them. For the one thread that acknowledges.
    /// </summary>
    public ulong ConfirmedRuntimeVersion()
    {
        ulong adopted = Volatile.Read(ref _adopted);
        return _confirmed = runtime is { IsKept: true } ? adopted : _confirmed;
    }

    /// <summary>Checked under the gate like the records, so that nothing of an old source gets in; the disk is written outside it.</summary>
    private void Adopt(RuntimeState services)
    {
        if (runtime is null) return;
        try
        {
            runtime.Adopt(services, () => CheckServing(services));
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            throw new SyncProtocolException($"sent run-time services that cannot be: {e.Message}");
        }

        Volatile.Write(ref _adopted, services.Table.Version);
    }

    private void CheckServing(RuntimeState services)
    {
        lock (table.Gate)
        {
            if (role.Active || services.Epoch < role.HighestEpoch) throw Refused($"run-time services of epoch {services.Epoch}: this node has seen epoch {role.HighestEpoch}{(role.Active ? " and serves itself" : "")}");
        }
    }

    private void Apply(ConnectionBatch batch, long now)
    {
        ReadOnlySpan<ConnectionChange> changes = _reader.Read(batch, out int skipped);
        for (int from = 0; from < changes.Length; from += timing.BatchRecords)
        {
            ApplyUnderGate(changes.Slice(from, Math.Min(timing.BatchRecords, changes.Length - from)), now);
        }

        counters.CountSkipped(skipped);
        counters.CountReceived(changes.Length);
        Taken += (ulong)changes.Length;
    }

    private void ApplyUnderGate(ReadOnlySpan<ConnectionChange> changes, long now)
    {
        int refused = 0;
        lock (table.Gate)
        {
            CheckCurrent();
            foreach (ref readonly ConnectionChange change in changes)
            {
                bool applied = table.ApplyRemote(change, now);
                if (applied && _leftOut.Count > 0) _leftOut.Remove(change.Record.Key);
                if (applied) continue;
                refused++;
                _leftOut.Add(change.Record.Key);
            }
        }

        if (refused > 0) counters.CountNotApplied(refused);
    }

    private void End()
    {
        if (!_inSnapshot) throw new SyncProtocolException("a snapshot ends that never began");
        for (int cursor = 0; cursor >= 0;)
        {
            lock (table.Gate)
            {
                CheckCurrent();
                table.EndRemoteSnapshot(ref cursor);
            }
        }

        (_inSnapshot, _whole) = (false, true);
        counters.CountSnapshotReceived();
    }

    /// <summary>Under the gate: still the same role, still the newest active.</summary>
    private void CheckCurrent()
    {
        if (_roleVersion == -1) throw new SyncProtocolException("records came before a snapshot began");
        if (role.Version != _roleVersion) throw Refused($"records of epoch {_epoch}: this node's role has changed since their snapshot began");
        if (_epoch < role.HighestEpoch) throw Refused($"records of epoch {_epoch}, but epoch {role.HighestEpoch} was already seen: the sender is a stale active");
    }

    private SyncProtocolException Refused(string what)
    {
        counters.CountRefused();
        return new SyncProtocolException($"refused {what}");
    }
}
