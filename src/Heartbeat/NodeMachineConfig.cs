namespace HaLvs.Heartbeat;

/// <summary>Everything the pair's protocol must know; validated and immutable. All times are durations on a monotonic clock.</summary>
public sealed record NodeMachineConfig
{
    public required string Cluster { get; init; }

    public required string Node { get; init; }

    /// <summary>Null: a single director, active as soon as it has started.</summary>
    public string? Peer { get; init; }

    /// <summary>Who is active when both start together; null: the lower name (ordinal).</summary>
    public string? Prefer { get; init; }

    public bool AutoFailback { get; init; }

    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan Warn { get; init; } = TimeSpan.FromMilliseconds(300);

    public TimeSpan Dead { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan Start { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longer than the slowest fence of this node by its peer (sum over levels): how long a standby with signs of a living data plane holds its fire (I6).</summary>
    public TimeSpan SlowestFence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Names of the links, index = link number in every input.</summary>
    public required IReadOnlyList<string> Links { get; init; }

    /// <summary>Any fence device configured that can power-fence the peer.</summary>
    public bool CanFencePeer { get; init; }

    /// <summary>First 8 bytes of the SHA-256 of the configuration file.</summary>
    public ulong ConfigurationHash { get; init; }

    /// <summary>Ordinal order decides wherever the two must differ and nothing else does.</summary>
    public bool HasLowerName => Peer is null || string.CompareOrdinal(Node, Peer) < 0;

    public bool IsPreferred => Prefer is null ? HasLowerName : Prefer == Node;

    /// <summary>Throws when a promise could not be kept with these values. The configuration file's own check says the same with line numbers.</summary>
    public void Demand()
    {
        Demand(Cluster.Length > 0 && Node.Length > 0, "cluster and node need names");
        Demand(Peer != Node, "a node cannot be its own peer");
        Demand(Interval > TimeSpan.Zero, "interval must be positive");
        Demand(Warn > Interval && Warn < Dead, "warn must lie between interval and dead");
        Demand(Dead > 2 * Interval, "dead must be longer than two intervals");
        Demand(Start >= Dead, "start must not be shorter than dead");
        Demand(Peer is null || Links.Count > 0, "a pair needs at least one heartbeat link");
        Demand(SlowestFence > TimeSpan.Zero, "slowest fence must be positive");
        Demand(Prefer is null || Prefer == Node || Prefer == Peer, "the preferred node is neither this one nor its peer");
    }

    private static void Demand(bool holds, string rule)
    {
        if (!holds) throw new ArgumentException(rule);
    }
}
