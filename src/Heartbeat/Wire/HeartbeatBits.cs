namespace HaLvs.Heartbeat.Wire;

/// <summary>What a node says about itself in one bit each. Values travel on the wire: never renumber.</summary>
[Flags]
public enum HeartbeatBits : ushort
{
    None = 0,

    /// <summary>The addresses are, or may be, up here: Taking, Active or Releasing.</summary>
    Holding = 1 << 0,

    /// <summary>Our copy of the connections is complete and the stream is up: a planned handover to us loses nothing.</summary>
    InSync = 1 << 1,

    /// <summary>We have the newest complete table: in sync, or the last one that was active.</summary>
    HasTable = 1 << 2,

    /// <summary>We hear fresh messages of the receiver.</summary>
    HearsYou = 1 << 3,

    /// <summary>Standby to active: please hand over.</summary>
    SwitchoverWish = 1 << 4,

    /// <summary>Active to standby: ask for the addresses, we release them and grant your request.</summary>
    HandoverOffer = 1 << 5,

    /// <summary>We have a copy of the connections that was complete once and may be old by now: better than none.</summary>
    HasOldCopy = 1 << 6,
}
