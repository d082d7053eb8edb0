namespace HaLvs.Forwarder.Guard;

/// <summary>What one client may have: an IPv4 address, or an IPv6 /64. 0: no limit.</summary>
public sealed record ClientLimitOptions
{
    public int NewConnectionsPerSecond { get; init; }

    public int ConcurrentConnections { get; init; }
}
