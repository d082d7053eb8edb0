using System.Collections.Immutable;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Scheduling;

namespace HaLvs.Forwarder.Services;

/// <summary>The last door before the live table: a list that contradicts itself is refused whole. Operators meet friendlier checks earlier.</summary>
internal static class ServiceListCheck
{
    public static void ThrowIfInvalid(ImmutableArray<VirtualServiceConfig> configs)
    {
        HashSet<ServiceKey> seen = [];
        foreach (VirtualServiceConfig config in configs)
        {
            ServiceKey key = config.Key;
            Require(seen.Add(key), $"Virtual service {key} is listed twice.");
            Require(ServiceRules.Check(config), $"Virtual service {key}", Hint(config));
            CheckServers(key, config.Servers);
        }
    }

    private static void CheckServers(ServiceKey key, ImmutableArray<RealServerConfig> servers)
    {
        HashSet<(Ip, ushort)> seen = [];
        foreach (RealServerConfig server in servers)
        {
            string name = $"Virtual service {key}: real server {server.Address.WithPort(server.Port)}";
            Require(seen.Add((server.Address, server.Port)), $"{name} is listed twice.");
            Require(ServiceRules.Check(key, server), name, Hint(server));
        }
    }

    private static string Hint(VirtualServiceConfig config) => $"scheduler \"{config.Scheduler}\" (known are {string.Join(", ", SchedulerNames.All)}), "
        + $"one packet {config.OnePacket} (UDP only), persistent {config.Persistence is not null} (needed for port 0)";

    private static string Hint(RealServerConfig server) => $"weight {server.Weight} (not negative), thresholds {server.LowerThreshold} to {server.UpperThreshold}, "
        + "address of the service's family that names one host";

    private static void Require(ServiceOutcome outcome, string what, string hint) =>
        Require(outcome == ServiceOutcome.Done, $"{what} is refused ({outcome}): {hint}.");

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise);
        }
    }
}
