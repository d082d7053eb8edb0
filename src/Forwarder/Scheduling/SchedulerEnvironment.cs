using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>What all schedulers of a forwarding core share.</summary>
internal sealed class SchedulerEnvironment(ulong seed)
{
    private SplitMix _seeds = new(seed);

    /// <summary>Replaced when the configuration changes; lblc and lblcr look at it with each pick.</summary>
    public IpvsSettings Settings { get; set; } = new();

    /// <summary>Chance comes in as a parameter: the seed of the next scheduler that picks at random.</summary>
    public ulong NextSeed() => _seeds.Next();
}
