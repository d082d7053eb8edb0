using HaLvs.Director.Loops;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Sync.Tables;

/// <summary>The forwarding core as sync sees it.</summary>
public sealed class CoreTable(DataPlane dataPlane) : IReplicatedTable
{
    private const int SlotsUnderGate = 1_024;

    public Lock Gate => dataPlane.Gate;

    public int ConnectionCount => dataPlane.Core.ConnectionCount;

    public bool HasChanges => dataPlane.Core.HasChanges;

    public bool ChangeLogOverflowed => dataPlane.Core.ChangeLogOverflowed;

    public void EnableChangeLog(bool enabled) => dataPlane.Core.EnableChangeLog(enabled);

    public int TakeChanges(Span<ConnectionChange> destination, long now) => dataPlane.Core.TakeChanges(destination, now);

    public int CopyConnections(ref int cursor, Span<ConnectionRecord> destination, long now) =>
        dataPlane.Core.CopyConnections(ref cursor, destination, now);

    public void BeginRemoteSnapshot() => dataPlane.Core.BeginRemoteSnapshot();

    public int EndRemoteSnapshot(ref int cursor) => dataPlane.Core.EndRemoteSnapshot(ref cursor, SlotsUnderGate);

    public bool ApplyRemote(in ConnectionChange change, long now) => dataPlane.Core.ApplyRemote(change, now);

    public void SetTimersFrozen(bool frozen, long now) => dataPlane.Core.SetTimersFrozen(frozen, now);
}
