namespace HaLvs.Heartbeat.Roles;

/// <summary>Who a node is in the pair. Values travel on the wire: never renumber.</summary>
public enum Role : byte
{
    /// <summary>Booted, has not seen the peer. Never forwards, never fences.</summary>
    Passive = 0,

    /// <summary>Sees or saw the peer; follows. Never forwards.</summary>
    Standby = 1,

    /// <summary>A standby whose peer is lost: it seeks evidence (fence, confirmation). Never forwards.</summary>
    Fencing = 2,

    /// <summary>Evidence in hand: epoch being written, data plane being switched on.</summary>
    Taking = 3,

    /// <summary>Forwards and owns the addresses.</summary>
    Active = 4,

    /// <summary>Was active; data plane being switched off and verified.</summary>
    Releasing = 5,

    /// <summary>Leaves: this incarnation never takes the addresses again.</summary>
    Stopped = 6,
}
