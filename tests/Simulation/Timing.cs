using HaLvs.Heartbeat;
using HaLvs.Stonith.Plan;

namespace HaLvs.Simulation;

/// <summary>The settings of a run: defaults, or tuned for speed.</summary>
public sealed record Timing(TimeSpan Interval, TimeSpan Warn, TimeSpan Dead, TimeSpan Start)
{
    public static readonly string[] Names = ["director-a", "director-b"];

    public static Timing Default { get; } = new(Ms(100), Ms(300), Ms(500), Ms(3000));

    public static Timing Tuned { get; } = new(Ms(25), Ms(75), Ms(125), Ms(2000));

    public FencePlanConfig Plan(int target)
    {
        var limits = new FenceDeviceLimits($"ipmi {target}", Ms(1000), Ms(2000), Ms(50), 1);
        return new FencePlanConfig(Names[target], [[limits]], Ms(500), Ms(4000));
    }

    public NodeMachineConfig Machine(int node, bool failback, bool canFence) => new()
    {
        Cluster = "simulation",
        Node = Names[node],
        Peer = Names[1 - node],
        AutoFailback = failback,
        Interval = Interval,
        Warn = Warn,
        Dead = Dead,
        Start = Start,
        SlowestFence = Plan(node).SlowestPass,
        Links = ["udp-1", "udp-2", "serial"],
        CanFencePeer = canFence,
        ConfigurationHash = 7,
    };

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);
}
