using System.Collections.Immutable;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Runtime;

/// <summary>
/// Three tables into one, as a version control does it: what was changed at run time stays as it runs, everything else follows the file. The unit is a
/// service's settings, a service's existence, and each of its servers.
/// </summary>
internal static class TableMerge
{
    /// <param name="old">The file's table that the running one was derived from.</param>
    /// <param name="file">The file's table now.</param>
    /// <param name="running">The table as it runs.</param>
    public static ImmutableArray<VirtualServiceConfig> Of(
        IReadOnlyList<VirtualServiceConfig> old, IReadOnlyList<VirtualServiceConfig> file, IReadOnlyList<VirtualServiceConfig> running)
    {
        IEnumerable<ServiceKey> keys = file.Concat(running).Select(s => s.Key).Distinct();
        return [.. keys.Select(k => Service(Find(old, k), Find(file, k), Find(running, k))).OfType<VirtualServiceConfig>()];
    }

    public static bool Same(IReadOnlyList<VirtualServiceConfig> a, IReadOnlyList<VirtualServiceConfig> b) =>
        a.Count == b.Count && a.All(s => Find(b, s.Key) is { } other && Same(s, other));

    private static bool Same(VirtualServiceConfig? a, VirtualServiceConfig? b) => a is null || b is null
        ? a is null && b is null
        : Settings(a) == Settings(b) && a.Servers.Length == b.Servers.Length && a.Servers.ToHashSet().SetEquals(b.Servers);

    private static VirtualServiceConfig? Service(VirtualServiceConfig? old, VirtualServiceConfig? file, VirtualServiceConfig? running)
    {
        if (file is null || running is null)
        {
            return Same(old, running) ? file : running;
        }

        VirtualServiceConfig settings = old is not null && Settings(old) == Settings(running) ? file : running;
        IEnumerable<RealServerConfig> servers = file.Servers.Concat(running.Servers).DistinctBy(s => (s.Address, s.Port));
        return settings with { Servers = [.. servers.Select(s => Server(Find(old, s), Find(file, s), Find(running, s))).OfType<RealServerConfig>()] };
    }

    private static RealServerConfig? Server(RealServerConfig? old, RealServerConfig? file, RealServerConfig? running) => old == running ? file : running;

    private static VirtualServiceConfig Settings(VirtualServiceConfig service) => service with { Servers = [] };

    private static VirtualServiceConfig? Find(IEnumerable<VirtualServiceConfig> services, ServiceKey key) => services.FirstOrDefault(s => s.Key == key);

    private static RealServerConfig? Find(VirtualServiceConfig? service, RealServerConfig server) =>
        service?.Servers.FirstOrDefault(s => (s.Address, s.Port) == (server.Address, server.Port));
}
