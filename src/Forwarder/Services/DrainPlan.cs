namespace HaLvs.Forwarder.Services;

/// <summary>A real server on its way out: no new connections, templates not honoured, the rest ends by a deadline if there is one.</summary>
internal sealed class DrainPlan(long? endsAt, bool takesAway, int connections)
{
    /// <summary>Milliseconds of the core's clock; null: no deadline.</summary>
    public long? EndsAt { get; } = endsAt;

    public int ConnectionsAtStart { get; } = connections;

    public long RemainingMilliseconds { get; set; }

    /// <summary>The deadline has passed and the remaining connections are being ended.</summary>
    public bool IsOver { get; set; }

    /// <summary>Connections that were there when the deadline had passed.</summary>
    public int Ended { get; set; }

    public DrainSnapshot ToSnapshot(int connectionsLeft) => new(
        ConnectionsAtStart, connectionsLeft, EndsAt is null ? null : TimeSpan.FromMilliseconds(RemainingMilliseconds), takesAway)
    {
        IsOver = IsOver || connectionsLeft == 0,
        Ended = Ended,
    };
}

/// <summary>Progress of a drain as an operator sees it.</summary>
/// <param name="ConnectionsLeft">Active and inactive ones.</param>
/// <param name="Remaining">Until the deadline; zero when it has passed; null: there is none.</param>
/// <param name="TakesAway">The server is to be removed at the end; otherwise it stays with weight 0.</param>
public sealed record DrainSnapshot(int ConnectionsAtStart, int ConnectionsLeft, TimeSpan? Remaining, bool TakesAway)
{
    /// <summary>Nothing is left, or the deadline has passed and what was left is being ended: whoever owns the table may take the server away.</summary>
    public bool IsOver { get; init; }

    /// <summary>Connections that the deadline ended.</summary>
    public int Ended { get; init; }
}
