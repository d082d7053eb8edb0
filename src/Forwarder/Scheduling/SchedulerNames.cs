using System.Collections.Immutable;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>The schedulers by the names that ipvsadm uses, then our own: swrr and mhr (docs/adr/0011).</summary>
public static class SchedulerNames
{
    public const string Default = "wlc";

    public static ImmutableArray<string> All { get; } =
        ["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "twos", "swrr", "mhr"];

    public static bool IsKnown(string name) => All.Contains(name);

    /// <exception cref="ArgumentException">The name is not one of <see cref="All"/>.</exception>
    internal static Scheduler Create(string name, SchedulerEnvironment environment) => name switch
    {
        "rr" => new RoundRobin(),
        "wrr" => new WeightedRoundRobin(),
        "lc" => new LeastConnection(),
        "wlc" => new WeightedLeastConnection(),
        "lblc" => new LocalityLeastConnection(environment),
        "lblcr" => new ReplicatedLocality(environment),
        "dh" => new DestinationHash(),
        "sh" => new SourceHash(),
        "sed" => new ShortestExpectedDelay(),
        "nq" => new NeverQueue(),
        "fo" => new Failover(),
        "ovf" => new Overflow(),
        "mh" => new MaglevHash(),
        "twos" => new PowerOfTwoChoices(environment.NextSeed()),
        "swrr" => new SmoothWeightedRoundRobin(),
        "mhr" => new ResilientMaglev(),
        _ => throw new ArgumentException($"Unknown scheduler \"{name}\".", nameof(name)),
    };
}
