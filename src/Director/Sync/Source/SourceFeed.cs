using HaLvs.Director.Sync.Tables;
using HaLvs.Director.Sync.V1;
using HaLvs.Director.Sync.Wire;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Sync.Source;

/// <summary>
/// What one stream to the peer says next. Synchronous: a step looks at the role and reads at most one batch, all in one hold of the gate.
/// <code>
///              active: 1 log on, SnapshotBegin           table walked: 3 SnapshotEnd
///   Idle ────────────────────────────────▶ Snapshot ─────────────────────────────▶ Changes
///    ▲                                   2 batches: table, changes,  ◀──────────── 4 batches: changes
///    └── not active: Idle ───────────────── in turn      log overflowed, new epoch: 1
/// </code>
/// Why nothing is lost and nothing stale stays: the log is on before the first slot is read, every record is the state at the moment of its
/// reading, and messages leave in the order of reading. A connection that did not change since 1 is in the walk; one that did is in the log, and the last
/// message that names it was read after its last change. What no message names did not exist since 1: the receiver drops it at 3.
/// </summary>
public sealed class SourceFeed
{
    private enum Phase { Idle, Snapshot, Changes }

    private enum Take { Nothing, Again, Records, WalkDone }

    /// <summary>Cursor of a walk that has seen every slot.</summary>
    private const int WalkedAll = -1;

    private readonly IReplicatedTable _table;
    private readonly SyncRole _role;
    private readonly DrainRequests _drain;
    private readonly SyncCounters _counters;
    private readonly AckWindow _window;
    private readonly BatchWriter _writer;
    private readonly ConnectionRecord[] _copied;
    private readonly ConnectionChange[] _changes;
    private Phase _phase = Phase.Idle;
    private long _roleVersion = -1;
    private int _cursor;
    private int _taken;
    private ulong _walked;
    private bool _changesNext;
    private bool _lastPartial;
    private bool _retired;
    private bool _peerComplete;
    private ulong _snapshotEnd;
    private long _drainRequest;
    private ulong _drainMark;

    public SourceFeed(IReplicatedTable table, SyncRole role, DrainRequests drain, SyncCounters counters, SyncTiming timing)
    {
        ArgumentNullException.ThrowIfNull(timing);
        (_table, _role, _drain, _counters) = (table, role, drain, counters);
        _window = new AckWindow(timing.WindowRecords);
        _writer = new BatchWriter(timing.BatchRecords);
        _copied = new ConnectionRecord[timing.BatchRecords];
        _changes = new ConnectionChange[timing.BatchRecords];
    }

    /// <summary>The peer has acknowledged a snapshot of our present activity and left nothing out; only changes are under way.</summary>
    public bool PeerHasSnapshot => _peerComplete && _phase == Phase.Changes && _window.LastAcknowledged >= _snapshotEnd;

    /// <summary>The snapshot that began last was needed because the change log had run over.</summary>
    public bool RestartedByOverflow { get; private set; }

    /// <summary>Records sent and not acknowledged.</summary>
    public int Lag => _window.Records;

    /// <summary>For people: how much of the table went out.</summary>
    public string Detail => _phase switch
    {
        Phase.Idle => "nothing to send",
        Phase.Snapshot => $"sending the snapshot: {_walked} connections so far",
        _ => PeerHasSnapshot ? "peer in sync" : "snapshot sent, waiting for the peer's acknowledgement",
    };

    /// <summary>Fills in the next message to send; false when there is none for now (ask again after a change, an acknowledgement, a change of role).</summary>
    public bool TryNext(SourceMessage message, long now)
    {
        ArgumentNullException.ThrowIfNull(message);
        message.Sequence = 0;
        message.ClearBody();
        Take take;
        do
        {
            // Let go of the gate between two looks: a long walk over empty slots must not hold up the packets.
            lock (_table.Gate)
            {
                if (_retired) return false;
                if (!_role.Active) return StepDown(message);
                if (NeedsSnapshot) return Begin(message);
                take = _window.IsFull ? Take.Nothing : Read(now);
                // Counted in the same hold: whoever sees the log empty sees the lag, too.
                if (take is Take.Records or Take.WalkDone) message.Sequence = _window.Send(_taken);
            }
        }
        while (take == Take.Again);

        // Columns are written after the gate was let go: what was read is ours.
        if (take == Take.Records) Batch(message);
        if (take == Take.WalkDone) End(message);
        return take != Take.Nothing;
    }

    /// <summary>The peer has taken everything up to this message; <paramref name="complete"/>: and had room for all of it.</summary>
    public void Acknowledge(ulong sequence, bool complete)
    {
        _window.Acknowledge(sequence);
        _peerComplete = complete;
        AnswerDrain();
    }

    /// <summary>This stream is over or another took its place: it never touches the change log again. Any thread; idempotent.</summary>
    public void Retire()
    {
        lock (_table.Gate)
        {
            if (_retired) return;
            _retired = true;
            if (_phase != Phase.Idle) _table.EnableChangeLog(false);
        }
    }

    private bool NeedsSnapshot => _phase == Phase.Idle || _roleVersion != _role.Version || _table.ChangeLogOverflowed;

    private bool StepDown(SourceMessage message)
    {
        if (_phase == Phase.Idle) return false;
        _phase = Phase.Idle;
        message.Idle = new Idle { Active = false, Epoch = _role.Epoch };
        return true;
    }

    private bool Begin(SourceMessage message)
    {
        RestartedByOverflow = _phase != Phase.Idle && _roleVersion == _role.Version;
        if (RestartedByOverflow) _counters.CountOverflow();
        _table.EnableChangeLog(true);
        (_phase, _roleVersion, _cursor, _walked) = (Phase.Snapshot, _role.Version, 0, 0);
        (_changesNext, _lastPartial, _drainRequest) = (false, false, 0);
        message.SnapshotBegin = new SnapshotBegin { Epoch = _role.Epoch, Connections = (ulong)_table.ConnectionCount };
        message.Sequence = _window.Send(0);
        return true;
    }

    /// <summary>Reads up to a batch into the arrays. Under the gate.</summary>
    private Take Read(long now)
    {
        if (_phase == Phase.Changes) return ReadChanges(now);
        // In turn: changes must not wait for the end of a long walk (the log would run over), and the walk must come to an end under any load.
        _changesNext = !_changesNext;
        return _changesNext && _table.HasChanges ? ReadChanges(now) : Walk(now);
    }

    private Take Walk(long now)
    {
        _taken = 0;
        if (_cursor == WalkedAll) return Take.WalkDone;
        _taken = _table.CopyConnections(ref _cursor, _copied, now);
        for (int i = 0; i < _taken; i++) _changes[i] = new ConnectionChange(ConnectionChangeKind.Upsert, _copied[i]);
        _walked += (ulong)_taken;
        return _taken > 0 ? Take.Records : Take.Again;
    }

    /// <summary>
    /// After a batch that was not full, the next waits until at most one message is unacknowledged (as RFC 896 does for segments): single changes
    /// leave at once, under load batches form by themselves, and what waits is coalesced per flow.
    /// </summary>
    private Take ReadChanges(long now)
    {
        if (_phase == Phase.Changes && _lastPartial && _window.Messages > 1) return Take.Nothing;
        _taken = _table.HasChanges ? _table.TakeChanges(_changes, now) : 0;
        _lastPartial = _taken < _changes.Length;
        if (_phase == Phase.Changes && _lastPartial) MarkDrain();
        return _taken > 0 ? Take.Records : Take.Nothing;
    }

    /// <summary>The log is empty now: once the message that is about to leave (or the last one that did) is acknowledged, everything is.</summary>
    private void MarkDrain()
    {
        long pending = _drain.Pending;
        if (pending == 0 || pending == _drainRequest) return;
        _drainRequest = pending;
        _drainMark = _window.LastSent + (_taken > 0 ? 1UL : 0UL);
        AnswerDrain();
    }

    private void AnswerDrain()
    {
        if (_drainRequest == 0 || _window.LastAcknowledged < _drainMark || !PeerHasSnapshot) return;
        _drain.Reached(_drainRequest);
        _drainRequest = 0;
    }

    private void End(SourceMessage message)
    {
        // In this order: another thread may ask meanwhile whether the peer has it.
        _snapshotEnd = message.Sequence;
        _phase = Phase.Changes;
        message.SnapshotEnd = new SnapshotEnd { Connections = _walked };
        _counters.CountSnapshotSent();
    }

    private void Batch(SourceMessage message)
    {
        message.Batch = _writer.Write(_changes.AsSpan(0, _taken));
        _counters.CountSent(_taken);
    }
}
