namespace HaLvs.Director.Loops;

/// <summary>What the forward loop does with packets that reach the TUN.</summary>
public enum ForwardingMode
{
    /// <summary>Read and drop: not the active node.</summary>
    Off,

    /// <summary>Translate, as long as the lease runs.</summary>
    Forward,

    /// <summary>Leave them in the TUN's queue: a planned handover is under way and the peer does not serve yet.</summary>
    Hold,

    /// <summary>Write them back untranslated; a rule routes them to the peer, which serves now.</summary>
    Relay,
}
