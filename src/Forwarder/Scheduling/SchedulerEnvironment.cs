using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>What all schedulers of a forwarding core share.</summary>
internal sealed class SchedulerEnvironment(ulong seed)
{
    /// <summary>Chance comes in as a parameter: the seed of schedulers that pick at random.</summary>
    public ulong Seed { get; } = seed;

    /// <summary>Replaced when the configuration changes; lblc and lblcr look at it with each pick.</summary>
    public IpvsSettings Settings { get; set; } = new();
}
