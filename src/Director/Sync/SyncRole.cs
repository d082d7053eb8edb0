namespace HaLvs.Director.Sync;

/// <summary>Who this node is for sync. Read and written only under the table's gate, so that a record is applied or read entirely before or after a change of role.</summary>
public sealed class SyncRole
{
    public bool Active { get; private set; }

    /// <summary>Epoch of our own last activity.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>Highest epoch seen, our own included: an active of a lower one is stale and its records are refused.</summary>
    public ulong HighestEpoch { get; private set; }

    /// <summary>Grows with every change: whoever worked for an older version stops.</summary>
    public long Version { get; private set; }

    public void Become(bool active, ulong epoch)
    {
        Active = active;
        Epoch = epoch;
        HighestEpoch = Math.Max(HighestEpoch, epoch);
        Version++;
    }

    /// <summary>The peer serves in this epoch.</summary>
    public void Saw(ulong epoch) => HighestEpoch = Math.Max(HighestEpoch, epoch);
}
