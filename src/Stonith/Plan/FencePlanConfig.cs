namespace HaLvs.Stonith.Plan;

/// <param name="Target">The node that these devices power off.</param>
/// <param name="Levels">In order; each a list of devices. All devices of a level must succeed; levels are alternatives.</param>
/// <param name="BackoffInitial">Pause after the first failed pass; doubles with every further one up to <paramref name="BackoffMaximum"/>.</param>
public sealed record FencePlanConfig(
    string Target, IReadOnlyList<IReadOnlyList<FenceDeviceLimits>> Levels, TimeSpan BackoffInitial, TimeSpan BackoffMaximum)
{
    /// <summary>Upper bound of one pass through all levels, given ticks on time: what the other side waits for in a race (I6).</summary>
    public TimeSpan SlowestPass =>
        Levels.Aggregate(TimeSpan.Zero, (sum, level) => sum + level.Max(device => device.Slowest));

    /// <summary>An empty level would be "all of its devices read off" without a device: that must never be built.</summary>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Target);
        if (Levels.Count == 0 || Levels.Any(level => level.Count == 0))
            throw new ArgumentException($"fence plan of {Target}: every plan needs a level and every level a device");
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(BackoffInitial, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(BackoffMaximum, BackoffInitial);
        foreach (var level in Levels) ValidateLevel(level);
    }

    private void ValidateLevel(IReadOnlyList<FenceDeviceLimits> level)
    {
        foreach (var device in level) device.Validate();
        if (level.Select(device => device.Device).Distinct(StringComparer.Ordinal).Count() != level.Count)
            throw new ArgumentException($"fence plan of {Target}: a device stands twice in one level");
    }
}
