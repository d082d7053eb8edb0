using HaLvs.Director.Sync.Tables;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Tests.Sync;

/// <summary>A connection table as plain as possible: slots that are used again, a bounded coalescing change log, marks for a snapshot. Fails when the gate is not held.</summary>
internal sealed class FakeTable(int capacity = 4096, int logCapacity = 4096) : IReplicatedTable
{
    private readonly ConnectionRecord?[] _slots = new ConnectionRecord?[capacity];
    private readonly Dictionary<ConnectionKey, int> _index = [];
    private readonly Stack<int> _free = new(Enumerable.Range(0, capacity).Reverse());
    private readonly Queue<ConnectionKey> _log = new();
    private readonly HashSet<ConnectionKey> _logged = [];
    private readonly HashSet<ConnectionKey> _stale = [];
    private bool _logging;
    private bool _overflowed;

    public Lock Gate { get; } = new();

    public bool TimersFrozen { get; private set; }

    public bool Logging => _logging;

    /// <summary>Runs inside every ApplyRemote: a slow receiver.</summary>
    public Action? OnApply { get; set; }

    public int ConnectionCount => Held(_index.Count);

    public bool HasChanges => Held(_log.Count > 0);

    public bool ChangeLogOverflowed => Held(_overflowed);

    public void EnableChangeLog(bool enabled)
    {
        Held(0);
        _log.Clear();
        _logged.Clear();
        (_logging, _overflowed) = (enabled, false);
    }

    public int TakeChanges(Span<ConnectionChange> destination, long now)
    {
        Held(0);
        int taken = 0;
        while (taken < destination.Length && _log.TryDequeue(out ConnectionKey key))
        {
            _logged.Remove(key);
            destination[taken++] = _index.TryGetValue(key, out int slot)
                ? new ConnectionChange(ConnectionChangeKind.Upsert, _slots[slot]!.Value)
                : new ConnectionChange(ConnectionChangeKind.Delete, Keyed(key));
        }

        return taken;
    }

    public int CopyConnections(ref int cursor, Span<ConnectionRecord> destination, long now)
    {
        Held(0);
        int copied = 0;
        while (copied < destination.Length && cursor < _slots.Length)
        {
            if (_slots[cursor++] is { } record) destination[copied++] = record;
        }

        if (copied == 0) cursor = -1;
        return copied;
    }

    public void BeginRemoteSnapshot()
    {
        Held(0);
        _stale.Clear();
        _stale.UnionWith(_index.Keys);
    }

    public int EndRemoteSnapshot(ref int cursor)
    {
        Held(0);
        cursor = -1;
        foreach (ConnectionKey key in _stale) Drop(key);
        int removed = _stale.Count;
        _stale.Clear();
        return removed;
    }

    public bool ApplyRemote(in ConnectionChange change, long now)
    {
        Held(0);
        OnApply?.Invoke();
        _stale.Remove(change.Record.Key);
        if (change.Kind == ConnectionChangeKind.Upsert) return Put(change.Record);
        Drop(change.Record.Key);
        return true;
    }

    public void SetTimersFrozen(bool frozen, long now) => TimersFrozen = Held(frozen);

    /// <summary>What the forwarding loop does: the connection appears or changes.</summary>
    public void Upsert(ConnectionRecord record)
    {
        lock (Gate)
        {
            if (Put(record)) Log(record.Key);
        }
    }

    /// <summary>What the forwarding loop does: the connection ends.</summary>
    public void Remove(ConnectionKey key)
    {
        lock (Gate)
        {
            if (Drop(key)) Log(key);
        }
    }

    public bool TryGet(ConnectionKey key, out ConnectionRecord record)
    {
        lock (Gate)
        {
            bool found = _index.TryGetValue(key, out int slot);
            record = found ? _slots[slot]!.Value : default;
            return found;
        }
    }

    public HashSet<ConnectionRecord> Content()
    {
        lock (Gate) return [.. _slots.Where(s => s is not null).Select(s => s!.Value)];
    }

    private T Held<T>(T value) => Gate.IsHeldByCurrentThread ? value : throw new InvalidOperationException("the gate is not held");

    private bool Put(ConnectionRecord record)
    {
        if (!_index.TryGetValue(record.Key, out int slot))
        {
            if (!_free.TryPop(out slot)) return false;
            _index[record.Key] = slot;
        }

        _slots[slot] = record;
        return true;
    }

    private bool Drop(ConnectionKey key)
    {
        if (!_index.Remove(key, out int slot)) return false;
        _slots[slot] = null;
        _free.Push(slot);
        return true;
    }

    private void Log(ConnectionKey key)
    {
        if (!_logging || _overflowed || !_logged.Add(key)) return;
        _overflowed = _log.Count >= logCapacity;
        if (!_overflowed) _log.Enqueue(key);
    }

    private static ConnectionRecord Keyed(ConnectionKey key) =>
        new(default, key.Protocol, key.Client, key.ClientPort, key.Virtual, key.VirtualPort, default, 0, default, 0);
}
