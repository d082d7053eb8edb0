namespace HaLvs.Forwarder.Connections;

/// <summary>
/// How far one side of a TCP connection is: what it has sent, as it counts itself, and what it has acknowledged and allowed, as it counts the
/// other side. 16 bytes.
/// </summary>
internal struct TcpProgress
{
    /// <summary>One past the highest sequence number sent (SND.NXT).</summary>
    public uint Sent;

    /// <summary>Highest acknowledgement number sent (RCV.NXT as last announced).</summary>
    public uint Acknowledged;

    /// <summary>Right edge of the widest window announced: acknowledgement plus scaled window.</summary>
    public uint Allowed;

    /// <summary>Window scale offered in the SYN (RFC 7323 section 2.2).</summary>
    public byte Scale;

    public bool KnowsSent;
    public bool KnowsAcknowledged;

    /// <summary>What of the SYN is known: nothing, seen without the scale option, seen with it.</summary>
    public SynKnowledge Syn;
}

internal enum SynKnowledge : byte
{
    NotSeen = 0,
    WithoutScale = 1,
    WithScale = 2,
}
