namespace HaLvs.Forwarder.Guard;

/// <summary>When clients' SYNs are answered with a SYN cookie instead of opening a connection (RFC 4987 section 3.6).</summary>
public sealed record SynProxyOptions
{
    public SynProxyMode Mode { get; init; } = SynProxyMode.Auto;

    /// <summary>Half-open connections of one service (by default as many as one Linux server queues, net.core.somaxconn) from which on its SYNs are answered with cookies (<see cref="SynProxyMode.Auto"/>).</summary>
    public int ServiceThreshold { get; init; } = 4096;

    /// <summary>Half-open connections of all services together from which on every SYN is answered with a cookie; 0: an eighth of the table, at least as many as of one service.</summary>
    public int TableThreshold { get; init; }
}

public enum SynProxyMode : byte
{
    Off = 0,
    Auto = 1,
    Always = 2,
}
