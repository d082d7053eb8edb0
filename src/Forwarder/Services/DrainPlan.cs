namespace HaLvs.Forwarder.Services;

/// <summary>A real server on its way out: no new connections, templates not honoured, the rest ends by a deadline.</summary>
internal sealed class DrainPlan(long endsAt, bool takesAway, int connections)
{
    /// <summary>Milliseconds of the core's clock.</summary>
    public long EndsAt { get; } = endsAt;

    /// <summary>The server is removed when it is drained; otherwise it stays with weight 0.</summary>
    public bool TakesAway { get; } = takesAway;

    public int ConnectionsAtStart { get; } = connections;

    public long RemainingMilliseconds { get; set; }

    /// <summary>The deadline has passed and the remaining connections were ended.</summary>
    public bool IsOver { get; set; }
}

/// <summary>Progress of a drain as an operator sees it.</summary>
/// <param name="ConnectionsLeft">Active and inactive ones.</param>
/// <param name="Remaining">Until the deadline; zero when it has passed.</param>
/// <param name="TakesAway">The server is removed at the end; otherwise it stays with weight 0.</param>
public sealed record DrainSnapshot(int ConnectionsAtStart, int ConnectionsLeft, TimeSpan Remaining, bool TakesAway);
