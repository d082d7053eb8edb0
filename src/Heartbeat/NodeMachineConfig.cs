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
}
