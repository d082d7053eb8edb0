using HaLvs.Director.Configuration.Values;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Configuration;

/// <summary>What a reload changes in the services, one line each; connections go on.</summary>
internal static class ServiceChange
{
    public static IEnumerable<string> Between(IReadOnlyList<VirtualServiceConfig> old, IReadOnlyList<VirtualServiceConfig> @new)
    {
        foreach (VirtualServiceConfig service in old.Where(o => !@new.Any(n => n.Key == o.Key)))
        {
            yield return $"service {Name(service)}: removed";
        }

        foreach (VirtualServiceConfig service in @new)
        {
            foreach (string line in old.FirstOrDefault(o => o.Key == service.Key) is { } before ? Service(before, service) : [$"service {Name(service)}: added"])
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> Service(VirtualServiceConfig old, VirtualServiceConfig @new) =>
        [.. Features(old, @new), .. old.Servers.Where(o => Find(@new, o) is null).Select(s => $"service {Name(@new)}: server {Name(s)} removed"), .. Servers(old, @new)];

    private static IEnumerable<string> Features(VirtualServiceConfig old, VirtualServiceConfig @new)
    {
        foreach (((string key, string value), (_, string before)) in Values(@new).Zip(Values(old)))
        {
            if (value != before)
            {
                yield return $"service {Name(@new)}: {key} {before} to {value}";
            }
        }
    }

    private static (string Key, string Value)[] Values(VirtualServiceConfig service) =>
    [
        ("scheduler", service.Scheduler),
        ("scheduler-flags", SchedulerFlagNames.Format(service.Options)),
        ("persistence", service.Persistence is { } p ? $"{DurationText.Format(p.Timeout)} mask {Mask(service, p)}{(p.Engine is null ? "" : $" {p.Engine}")}" : "none"),
        ("one-packet", service.OnePacket ? "on" : "off"),
        ("helper", service.Helper ?? "none"),
        ("slow-start", service.SlowStart == TimeSpan.Zero ? "none" : DurationText.Format(service.SlowStart)),
        ("on-server-loss", service.OnServerLoss == ServerLoss.Keep ? "keep" : "reset"),
    ];

    private static IEnumerable<string> Servers(VirtualServiceConfig old, VirtualServiceConfig @new)
    {
        foreach (RealServerConfig server in @new.Servers)
        {
            if (Find(old, server) is not { } before)
            {
                yield return $"service {Name(@new)}: server {Name(server)} added, weight {server.Weight}";
            }
            else if (before != server)
            {
                yield return $"service {Name(@new)}: server {Name(server)} {string.Join(", ", Differences(before, server))}";
            }
        }
    }

    private static IEnumerable<string> Differences(RealServerConfig old, RealServerConfig @new)
    {
        (string Name, uint Old, uint New)[] all =
        [
            ("weight", (uint)old.Weight, (uint)@new.Weight),
            ("upper-threshold", old.UpperThreshold, @new.UpperThreshold),
            ("lower-threshold", old.LowerThreshold, @new.LowerThreshold),
        ];
        return all.Where(v => v.Old != v.New).Select(v => $"{v.Name} {v.Old} to {v.New}");
    }

    private static RealServerConfig? Find(VirtualServiceConfig service, RealServerConfig key) =>
        service.Servers.FirstOrDefault(s => (s.Address, s.Port) == (key.Address, key.Port));

    private static string Mask(VirtualServiceConfig service, PersistenceConfig persistence) =>
        service.Address.IsV4 ? Ip.FromV4(persistence.Netmask).ToString() : $"/{persistence.Netmask}";

    private static string Name(VirtualServiceConfig service) => service.Key.ToString();

    private static string Name(RealServerConfig server) => server.Port == 0 ? server.Address.ToString() : server.Address.WithPort(server.Port);
}
