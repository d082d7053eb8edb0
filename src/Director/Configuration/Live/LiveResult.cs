namespace HaLvs.Director.Configuration.Live;

public enum LiveState
{
    Ok,

    /// <summary>Worth knowing, but a director starts without it: a real server or a peer that is not up yet.</summary>
    Note,

    Failed,
}

/// <summary>What one look at the real machine showed.</summary>
/// <param name="Detail">What was found; when not ok, why and what to do.</param>
public sealed record LiveResult(LiveState State, string Detail)
{
    public static LiveResult Ok(string detail) => new(LiveState.Ok, detail);

    public static LiveResult Note(string detail) => new(LiveState.Note, detail);

    public static LiveResult Failed(string detail) => new(LiveState.Failed, detail);
}

/// <summary>One look at the real machine.</summary>
/// <param name="Name">"interface eth0", "fence director-b: ipmi 198.51.100.12".</param>
internal sealed record LiveCheck(string Name, Func<CancellationToken, Task<LiveResult>> Look)
{
    /// <summary>Silence for so long is the answer no.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);
}
