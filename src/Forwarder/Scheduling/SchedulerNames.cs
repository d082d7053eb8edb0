using System.Collections.Immutable;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>The schedulers by the names that ipvsadm uses.</summary>
public static class SchedulerNames
{
    public const string Default = "wlc";

    public static ImmutableArray<string> All { get; } = ["rr", "wrr", "lc", "wlc"];

    public static bool IsKnown(string name) => All.Contains(name);

    /// <exception cref="ArgumentException">The name is not one of <see cref="All"/>.</exception>
    internal static Scheduler Create(string name, SchedulerEnvironment environment) => name switch
    {
        "rr" => new RoundRobin(),
        "wrr" => new WeightedRoundRobin(),
        "lc" => new LeastConnection(),
        "wlc" => new WeightedLeastConnection(),
        _ => throw new ArgumentException($"Unknown scheduler \"{name}\".", nameof(name)),
    };
}
