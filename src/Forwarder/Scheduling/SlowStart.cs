namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// A new server's share of a service grows in steps to its full weight. Shares are integers and most weights are 1, so a service that starts
/// servers slowly multiplies all weights: a full server's by <see cref="Steps"/>, a starting one's by the steps it has taken.
/// </summary>
internal static class SlowStart
{
    public const int Steps = 20;

    /// <summary>Steps taken at this time since the start; the first is free, or the server would get nothing at all.</summary>
    public static int StepsAfter(long milliseconds, TimeSpan duration) =>
        (int)Math.Clamp(1 + (milliseconds * Steps / Math.Max(1, (long)duration.TotalMilliseconds)), 1, Steps);
}
