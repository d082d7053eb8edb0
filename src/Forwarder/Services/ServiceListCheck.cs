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
            ServiceKey key = new(config.Protocol, config.Address, config.Port);
            Require(seen.Add(key), $"Virtual service {key} is listed twice.");
            Require(config.Protocol is TransportProtocol.Tcp or TransportProtocol.Udp or TransportProtocol.Sctp,
                $"Virtual service {key}: only TCP, UDP and SCTP are forwarded.");
            Require(SchedulerNames.IsKnown(config.Scheduler),
                $"Virtual service {key}: unknown scheduler \"{config.Scheduler}\"; known are {string.Join(", ", SchedulerNames.All)}.");
            CheckServers(key, config.Servers);
        }
    }

    private static void CheckServers(ServiceKey key, ImmutableArray<RealServerConfig> servers)
    {
        HashSet<(Ip, ushort)> seen = [];
        foreach (RealServerConfig server in servers)
        {
            string name = server.Address.WithPort(server.Port);
            Require(seen.Add((server.Address, server.Port)), $"Virtual service {key}: real server {name} is listed twice.");
            Require(server.Weight is >= 0 and <= 65_535, $"Virtual service {key}: real server {name} has weight {server.Weight}, not 0 to 65535.");
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise);
        }
    }
}
