namespace HaLvs.Heartbeat.Roles;

/// <summary>The evidence in hand. Evidence expires (S3 in the field's words): a peer that was off may have been switched on since.</summary>
public sealed class EvidenceLedger
{
    public Evidence? Current { get; private set; }

    /// <summary>The newest evidence replaces the older: each is enough alone.</summary>
    public void Record(Evidence evidence) => Current = evidence;

    /// <summary>The peer was heard, fresh.</summary>
    public void PeerHeard(bool newIncarnation)
    {
        if (Current is { Kind: not EvidenceKind.SingleDirector } evidence && (newIncarnation || evidence.PeerIsOff)) Current = null;
    }

    /// <summary>We promised the peer not to take (a grant): nothing older counts any more.</summary>
    public void Promised() => Current = null;

    /// <summary>We held and released.</summary>
    public void Released()
    {
        if (Current is { Once: true }) Current = null;
    }

    /// <summary>The last check before the addresses come up; a failure is a bug in the machine, and stopping is safer than serving.</summary>
    public Evidence Demand(ulong epoch, ulong epochPersisted, ulong peerIncarnation)
    {
        if (Current is not { } evidence) throw new InvalidOperationException($"I2: about to take epoch {epoch} without evidence");
        if (epochPersisted != epoch) throw new InvalidOperationException($"I7: about to take epoch {epoch}, but {epochPersisted} is the one on disk");
        if (evidence.Kind == EvidenceKind.PeerReleased && evidence.Epoch != epoch)
            throw new InvalidOperationException($"I2: epoch {evidence.Epoch} was granted, not {epoch}");
        if (evidence.PeerIncarnation != peerIncarnation)
            throw new InvalidOperationException($"I2: the evidence is about incarnation {evidence.PeerIncarnation} of the peer, which is now {peerIncarnation}");
        return evidence;
    }
}
