using HaLvs.Director.Sync.V1;

namespace HaLvs.Director.Runtime;

/// <summary>The run-time table as sync sees it: what to tell the peer, and what the peer tells.</summary>
public interface IRuntimeReplica
{
    /// <summary>Version of the table as it runs here.</summary>
    ulong Version { get; }

    /// <summary>The table, to be sent by the node that serves in this epoch.</summary>
    RuntimeState ToMessage(ulong epoch);

    /// <summary>
    /// The serving peer's table becomes ours and is written to disk. Do not hold the data plane's gate: a change may hold its own lock and wait for
    /// it. A disk that refuses is an alarm, not an end: <see cref="IsKept"/> says so, and becomes true when the disk takes it.
    /// </summary>
    /// <param name="accept">Called under the gate before anything changes: throws when role or epoch forbid it.</param>
    /// <exception cref="InvalidDataException">The message cannot be read; nothing was changed.</exception>
    void Adopt(RuntimeState message, Action accept);

    /// <summary>The table in force is on this node's disk.</summary>
    bool IsKept { get; }

    /// <summary>The peer holds this version, on its disk too.</summary>
    void Acknowledged(ulong version);
}
