namespace HaLvs.Heartbeat.Roles;

/// <summary>Why a node may take the addresses (I2). There is no kind for a time-out, an unreachable device or a ping result, and there never will be.</summary>
public enum EvidenceKind
{
    /// <summary>(a) The peer granted our request: it does not hold and promised not to take.</summary>
    PeerReleased,

    /// <summary>(a) The peer's incarnation left for good: it released and never takes again.</summary>
    PeerStopped,

    /// <summary>(b) Off was read back after our command.</summary>
    FenceConfirmed,

    /// <summary>(b, I5) At boot: the peer's power was read as off.</summary>
    PowerReadOff,

    /// <summary>(c) An operator vouched for it.</summary>
    OperatorConfirmed,

    /// <summary>We released for a handover and never granted it: nobody else can have taken.</summary>
    OwnUncompletedHandover,

    /// <summary>There is no peer.</summary>
    SingleDirector,
}

/// <param name="PeerIncarnation">The life of the peer that it is about; 0 when none was ever heard.</param>
/// <param name="Epoch">PeerReleased: the epoch that was granted; otherwise 0, the next one is used.</param>
/// <param name="Detail">For the operator: who, which device.</param>
public sealed record Evidence(EvidenceKind Kind, ulong PeerIncarnation, ulong Epoch, string Detail)
{
    /// <summary>Off is off until the peer is heard again, whatever its incarnation says.</summary>
    public bool PeerIsOff => Kind is EvidenceKind.FenceConfirmed or EvidenceKind.PowerReadOff or EvidenceKind.OperatorConfirmed;

    /// <summary>Good for one taking: once we took and released, it says nothing any more.</summary>
    public bool Once => Kind is EvidenceKind.PeerReleased or EvidenceKind.OwnUncompletedHandover;
}
