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
    /// The serving peer's table becomes ours. Call under the data plane's gate, after role and epoch were checked; <see cref="Persist"/> follows outside it.
    /// </summary>
    /// <exception cref="InvalidDataException">The message cannot be read; nothing was changed.</exception>
    void Adopt(RuntimeState message);

    /// <summary>Writes what was adopted to disk. A disk that refuses is an alarm, not an end.</summary>
    void Persist();

    /// <summary>The peer holds this version, on its disk too.</summary>
    void Acknowledged(ulong version);
}
