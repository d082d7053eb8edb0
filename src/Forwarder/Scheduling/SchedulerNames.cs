using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>The schedulers by the names that ipvsadm uses.</summary>
public static class SchedulerNames
{
    public const string Default = "wlc";

    public static ImmutableArray<string> All { get; } = ["rr", "wrr", "lc", "wlc"];

    public static bool IsKnown(string name) => All.Contains(name);

    internal static bool TryCreate(string name, [NotNullWhen(true)] out Scheduler? scheduler)
    {
        scheduler = name switch
        {
            "rr" => new RoundRobin(),
            "wrr" => new WeightedRoundRobin(),
            "lc" => new LeastConnection(),
            "wlc" => new WeightedLeastConnection(),
            _ => null,
        };
        return scheduler is not null;
    }

    internal static Scheduler Create(string name) =>
        TryCreate(name, out Scheduler? scheduler) ? scheduler : throw new ArgumentException($"Unknown scheduler \"{name}\".", nameof(name));
}
