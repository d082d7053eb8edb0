namespace HaLvs.Forwarder.Connections;

/// <summary>One entry of the change log, in the order in which it happened; changes of one connection are coalesced, never reordered.</summary>
public enum ConnectionChangeKind : byte
{
    /// <summary>The connection stands in the table now with this content.</summary>
    Upsert = 0,

    /// <summary>The connection is gone; only the key of the record has meaning.</summary>
    Delete = 1,
}

public readonly record struct ConnectionChange(ConnectionChangeKind Kind, ConnectionRecord Record);
