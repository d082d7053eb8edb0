using HaLvs.Heartbeat.Roles;

namespace HaLvs.Heartbeat.Wire;

/// <summary>One heartbeat, decoded. Byte layout: docs/wire/heartbeat.md. All fields are the sender's own words at the moment of sending.</summary>
public readonly record struct HeartbeatMessage
{
    public Role Role { get; init; }

    public HeartbeatBits Flags { get; init; }

    /// <summary>Ping targets that answer the sender, and how many it has; 0 of 0 when it has none.</summary>
    public byte PingsAnswering { get; init; }

    public byte PingsConfigured { get; init; }

    /// <summary>First 8 bytes of the SHA-256 of the cluster name.</summary>
    public ulong Cluster { get; init; }

    /// <summary>First 8 bytes of the SHA-256 of the node name.</summary>
    public ulong Sender { get; init; }

    /// <summary><see cref="Incarnation.Counter"/> of the sender.</summary>
    public ulong Incarnation { get; init; }

    public ulong BootId { get; init; }

    /// <summary>The sender's challenge: only messages that echo it are fresh to the sender. Never 0.</summary>
    public ulong Nonce { get; init; }

    /// <summary>The receiver's nonce as the sender last heard it; 0 before it heard any.</summary>
    public ulong Echo { get; init; }

    /// <summary>Grows by one with every message of an incarnation, whatever the link. The same message on several links has the same number.</summary>
    public ulong Sequence { get; init; }

    /// <summary>Highest epoch that the sender knows of.</summary>
    public ulong EpochKnown { get; init; }

    /// <summary>Epoch under which it holds, or 0.</summary>
    public ulong EpochHeld { get; init; }

    public ulong ConfigurationHash { get; init; }

    /// <summary>Number of the sender's outstanding request to take the addresses, unique in its incarnation; 0: none.</summary>
    public ulong Request { get; init; }

    public ulong RequestEpoch { get; init; }

    /// <summary>
    /// Number of the receiver's request that the sender grants; 0: none. The grant is the *released* message (I2 a): "I do not hold the addresses,
    /// verified, and shall not take them unless I later get new evidence about you."
    /// </summary>
    public ulong Granted { get; init; }

    /// <summary>Incarnation counter of the node that the grant is for.</summary>
    public ulong GrantedTo { get; init; }

    public ulong GrantedEpoch { get; init; }

    public bool Says(HeartbeatBits flag) => (Flags & flag) != 0;
}
