namespace HaLvs.Director.Sync;

/// <summary>Who this node is for sync. Read and written only under the table's gate, so that a record is applied or read entirely before or after a change of role.</summary>
public sealed class SyncRole
{
    public bool Active { get; private set; }

    /// <summary>Epoch of our own last activity.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>Highest epoch seen, our own included: an active of a lower one is stale and its records are refused.</summary>
    public ulong HighestEpoch { get; private set; }

    /// <summary>Grows with every change of role: whoever worked for an older version stops.</summary>
    public long Version { get; private set; }

    /// <summary>
    /// False when nothing changed. The epoch counts only with activity: one that was written down for a takeover that did not happen
    /// must not make the peer, who goes on serving in its own, look stale.
    /// </summary>
    public bool Become(bool active, ulong epoch)
    {
        if (active == Active && (!active || epoch == Epoch)) return false;
        Active = active;
        if (active) Epoch = epoch;
        HighestEpoch = Math.Max(HighestEpoch, Epoch);
        Version++;
        return true;
    }

    /// <summary>The peer serves in this epoch.</summary>
    public void Saw(ulong epoch) => HighestEpoch = Math.Max(HighestEpoch, epoch);
}
