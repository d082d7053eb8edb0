using System.Collections.Immutable;
using System.Runtime.InteropServices;
using HaLvs.Forwarder.Scheduling;

namespace HaLvs.Forwarder.Services;

/// <summary>
/// Makes the live services equal to a list, in the order in which an operator would: servers taken away, weights edited, servers
/// added one by one. What did not change keeps its counters, its connections and its scheduler's state.
/// </summary>
internal sealed class ServiceTable(ServerRegistry servers)
{
    private readonly Dictionary<ServiceKey, VirtualService> _services = [];
    private List<VirtualService> _inOrder = [];

    public VirtualService? Find(in ServiceKey key) => _services.GetValueOrDefault(key);

    public IEnumerable<VirtualService> Services => _inOrder;

    public ImmutableArray<ServiceSnapshot> Snapshot() => [.. _inOrder.Select(s => s.ToSnapshot())];

    /// <exception cref="ArgumentException">The list contradicts itself or names an unknown scheduler; nothing was changed.</exception>
    public void Apply(ImmutableArray<VirtualServiceConfig> configs)
    {
        ServiceListCheck.ThrowIfInvalid(configs);
        HashSet<ServiceKey> wanted = [.. configs.Select(KeyOf)];
        foreach (VirtualService gone in _inOrder.Where(s => !wanted.Contains(s.Key)))
        {
            RemoveServers(gone, []);
            _services.Remove(gone.Key);
        }

        _inOrder = [.. configs.Select(ApplyService)];
    }

    private static ServiceKey KeyOf(VirtualServiceConfig config) => new(config.Protocol, config.Address, config.Port);

    private VirtualService ApplyService(VirtualServiceConfig config)
    {
        VirtualService service = GetOrAdd(config);
        if (service.SchedulerName != config.Scheduler)
        {
            service.UseScheduler(config.Scheduler, SchedulerNames.Create(config.Scheduler));
        }

        service.SetOptions(config.Options);
        RemoveServers(service, config.Servers);
        EditServers(service, config.Servers);
        AddServers(service, config.Servers);
        return service;
    }

    private VirtualService GetOrAdd(VirtualServiceConfig config)
    {
        ref VirtualService? service = ref CollectionsMarshal.GetValueRefOrAddDefault(_services, KeyOf(config), out _);
        return service ??= new VirtualService(KeyOf(config), config.Scheduler, SchedulerNames.Create(config.Scheduler));
    }

    private void RemoveServers(VirtualService service, ImmutableArray<RealServerConfig> keep)
    {
        HashSet<ServerKey> kept = [.. keep.Select(s => new ServerKey(service.Key, s.Address, s.Port))];
        for (int i = service.Servers.Count - 1; i >= 0; i--)
        {
            RealServer server = service.Servers[i];
            if (!kept.Contains(server.Key))
            {
                service.RemoveAt(i);
                server.IsConfigured = false;
                servers.ForgetIfUnused(server);
            }
        }
    }

    private void EditServers(VirtualService service, ImmutableArray<RealServerConfig> configs)
    {
        foreach (RealServerConfig config in configs)
        {
            RealServer server = servers.GetOrAdd(new ServerKey(service.Key, config.Address, config.Port));
            if (server.IsConfigured && !server.IsConfiguredAs(config))
            {
                service.Edit(server, config);
            }
        }
    }

    private void AddServers(VirtualService service, ImmutableArray<RealServerConfig> configs)
    {
        foreach (RealServerConfig config in configs)
        {
            RealServer server = servers.GetOrAdd(new ServerKey(service.Key, config.Address, config.Port));
            if (!server.IsConfigured)
            {
                server.IsConfigured = true;
                server.Configure(config, isNew: true);
                service.Add(server);
            }
        }
    }
}
