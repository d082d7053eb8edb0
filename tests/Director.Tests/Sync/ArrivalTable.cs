using System.Diagnostics;
using HaLvs.Director.Sync.Tables;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Tests.Sync;

/// <summary>A table that notes when each of the numbered flows (<see cref="Flows.Number"/>) from <paramref name="first"/> on arrives first.</summary>
internal sealed class ArrivalTable(IReplicatedTable inner, int first, int count) : IReplicatedTable
{
    public long[] Arrived { get; } = new long[count];

    public Lock Gate => inner.Gate;

    public int ConnectionCount => inner.ConnectionCount;

    public bool HasChanges => inner.HasChanges;

    public bool ChangeLogOverflowed => inner.ChangeLogOverflowed;

    public void EnableChangeLog(bool enabled) => inner.EnableChangeLog(enabled);

    public int TakeChanges(Span<ConnectionChange> destination, long now) => inner.TakeChanges(destination, now);

    public int CopyConnections(ref int cursor, Span<ConnectionRecord> destination, long now) => inner.CopyConnections(ref cursor, destination, now);

    public void BeginRemoteSnapshot() => inner.BeginRemoteSnapshot();

    public int EndRemoteSnapshot(ref int cursor) => inner.EndRemoteSnapshot(ref cursor);

    public void SetTimersFrozen(bool frozen, long now) => inner.SetTimersFrozen(frozen, now);

    public bool ApplyRemote(in ConnectionChange change, long now)
    {
        bool applied = inner.ApplyRemote(change, now);
        int number = ((int)(change.Record.Client.V4 - 0xc633_0000u) * 50_000) + change.Record.ClientPort - 1024 - first;
        if (number >= 0 && Arrived[number] == 0) Arrived[number] = Stopwatch.GetTimestamp();
        return applied;
    }
}
