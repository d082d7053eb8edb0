using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Sync.Tables;

/// <summary>
/// What sync needs of a connection table. Every member is called while holding <see cref="Gate"/>, for one batch at a time. The forwarding core
/// stands behind it (<see cref="CoreTable"/>); tests have a small one whose content is easy to check. Semantics: <see cref="HaLvs.Forwarder.ForwardingCore"/>.
/// </summary>
public interface IReplicatedTable
{
    Lock Gate { get; }

    int ConnectionCount { get; }

    void EnableChangeLog(bool enabled);

    bool HasChanges { get; }

    bool ChangeLogOverflowed { get; }

    int TakeChanges(Span<ConnectionChange> destination, long now);

    int CopyConnections(ref int cursor, Span<ConnectionRecord> destination, long now);

    void BeginRemoteSnapshot();

    /// <summary>Removes what the snapshot did not confirm, a slice of the table per call. The cursor begins at 0 and is -1 when all is done.</summary>
    int EndRemoteSnapshot(ref int cursor);

    bool ApplyRemote(in ConnectionChange change, long now);

    void SetTimersFrozen(bool frozen, long now);
}
