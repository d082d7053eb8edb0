namespace HaLvs.Stonith.Plan;

/// <summary>One device of a level and how long it may take. All durations are positive.</summary>
/// <param name="Device">Name, unique within its level.</param>
/// <param name="CommandTimeout">One off or status command; beyond it the command has failed (unknown is not off).</param>
/// <param name="OffTimeout">From the off command until status must read off; status is polled meanwhile, and the last reading ends no earlier.</param>
/// <param name="PollInterval">Pause between two readings, and before a device is tried again.</param>
/// <param name="Attempts">Off commands per level, at least 1.</param>
public sealed record FenceDeviceLimits(string Device, TimeSpan CommandTimeout, TimeSpan OffTimeout, TimeSpan PollInterval, int Attempts)
{
    /// <summary>
    /// Upper bound of all attempts: off answers within CommandTimeout; the last status leaves no later than OffTimeout after the off command
    /// (or right after its answer, when that came later) and answers within CommandTimeout.
    /// </summary>
    public TimeSpan Slowest => Attempts * (Longer(CommandTimeout, OffTimeout) + CommandTimeout) + (Attempts - 1) * PollInterval;

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Device);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CommandTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(OffTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PollInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Attempts, 1);
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
