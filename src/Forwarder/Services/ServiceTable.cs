using System.Collections.Immutable;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Scheduling;

namespace HaLvs.Forwarder.Services;

/// <summary>
/// The live services, in the order in which they were added, and the changes that an operator can make to them one by one. What a change does not
/// touch keeps its counters, its connections and its scheduler's state. Outcomes are those of net/netfilter/ipvs/ip_vs_ctl.c.
/// </summary>
internal sealed class ServiceTable(ServerRegistry servers, SchedulerEnvironment environment, ServerRetirement retirement)
{
    private readonly Dictionary<ServiceKey, VirtualService> _services = [];
    private List<VirtualService> _inOrder = [];
    private readonly Queue<VirtualService> _behind = new();
    private bool _several;
    private long _nextSample = long.MinValue;

    public IEnumerable<VirtualService> Services => _inOrder;

    /// <summary>Those whose real servers' own SIP messages leave from the virtual address; not of a mark, whose address and port nobody knows.</summary>
    public ImmutableArray<VirtualService> CallServices { get; private set; } = [];

    /// <summary>A server was taken away from a service that wants its connections told (<see cref="ServerLoss.Reset"/>).</summary>
    public Action<RealServer>? ServerLost { get; init; }

    public Action<RealServer>? ServerBack { get; init; }

    public VirtualService? Find(in ServiceKey key) => _services.GetValueOrDefault(key);

    /// <summary>Null: no such server is configured.</summary>
    public RealServer? Find(in ServerKey key) => servers.Find(key) is { IsConfigured: true } server ? server : null;

    public ImmutableArray<ServiceSnapshot> Snapshot() => [.. _inOrder.Select(s => s.ToSnapshot())];

    public ImmutableArray<ServiceListing> List() => [.. _inOrder.Select(s => s.ToListing())];

    public ImmutableArray<VirtualServiceConfig> Export() => [.. _inOrder.Select(s => s.Export())];

    public ServiceOutcome Add(VirtualServiceConfig config)
    {
        if (_services.ContainsKey(config.Key))
        {
            return ServiceOutcome.ServiceExists;
        }

        ServiceOutcome outcome = ServiceRules.Check(config);
        if (outcome == ServiceOutcome.Done)
        {
            VirtualService service = new(config, environment);
            if (_several)
            {
                service.BeginChanges();
            }

            _services.Add(service.Key, service);
            _inOrder.Add(service);
            FindCallServices();
        }

        return outcome;
    }

    public ServiceOutcome Edit(VirtualServiceConfig config)
    {
        if (!_services.TryGetValue(config.Key, out VirtualService? service))
        {
            return ServiceOutcome.NoSuchService;
        }

        ServiceOutcome outcome = ServiceRules.Check(config);
        if (outcome == ServiceOutcome.Done)
        {
            service.Edit(config);
            FindCallServices();
        }

        return outcome;
    }

    public ServiceOutcome Delete(ServiceKey key)
    {
        if (!_services.Remove(key, out VirtualService? service))
        {
            return ServiceOutcome.NoSuchService;
        }

        RemoveServers(service);
        _inOrder.Remove(service);
        FindCallServices();
        if (_services.Count == 0)
        {
            retirement.NoServiceLeft();
        }

        return ServiceOutcome.Done;
    }

    /// <summary>Every service, as if each were deleted.</summary>
    public void Clear()
    {
        _inOrder.ForEach(RemoveServers);
        _inOrder.Clear();
        _services.Clear();
        FindCallServices();
        retirement.NoServiceLeft();
    }

    public ServiceOutcome AddServer(ServiceKey key, RealServerConfig config)
    {
        if (!_services.TryGetValue(key, out VirtualService? service))
        {
            return ServiceOutcome.NoSuchService;
        }

        ServiceOutcome outcome = ServiceRules.Check(key, config);
        if (outcome != ServiceOutcome.Done)
        {
            return outcome;
        }

        RealServer server = servers.GetOrAdd(new ServerKey(key, config.Address, config.Port));
        if (server.IsConfigured)
        {
            return ServiceOutcome.ServerExists;
        }

        service.Add(server, config);
        ServerBack?.Invoke(server);
        return ServiceOutcome.Done;
    }

    public ServiceOutcome EditServer(ServiceKey key, RealServerConfig config)
    {
        if (!_services.TryGetValue(key, out VirtualService? service))
        {
            return ServiceOutcome.NoSuchService;
        }

        ServiceOutcome outcome = ServiceRules.Check(key, config);
        if (outcome == ServiceOutcome.OutOfRange)
        {
            return outcome;
        }

        if (servers.Find(new ServerKey(key, config.Address, config.Port)) is not { IsConfigured: true } server)
        {
            return ServiceOutcome.NoSuchServer; // Before the address is judged, as in ip_vs_edit_dest.
        }

        if (outcome == ServiceOutcome.Done)
        {
            service.Edit(server, config);
        }

        return outcome;
    }

    public ServiceOutcome DeleteServer(ServerKey key)
    {
        if (!_services.TryGetValue(key.Service, out VirtualService? service))
        {
            return ServiceOutcome.NoSuchService;
        }

        if (servers.Find(key) is not { IsConfigured: true } server)
        {
            return ServiceOutcome.NoSuchServer;
        }

        RemoveServer(service, server);
        return ServiceOutcome.Done;
    }

    /// <summary>Changes that belong together come now; <see cref="EndChanges"/> follows before the next packet.</summary>
    public void BeginChanges()
    {
        _several = true;
        _inOrder.ForEach(static service => service.BeginChanges());
    }

    public void EndChanges()
    {
        _several = false;
        foreach (VirtualService service in _inOrder.Where(static s => s.EndChanges()))
        {
            _behind.Enqueue(service);
        }
    }

    /// <summary>Schedulers have tables to make: <see cref="Work"/>.</summary>
    public bool HasWork => _behind.Count > 0;

    /// <summary>One of them; a pick that comes before makes its own.</summary>
    public void Work()
    {
        if (_behind.TryDequeue(out VirtualService? service))
        {
            service.CatchUp();
        }
    }

    /// <param name="key">Null: every service.</param>
    public ServiceOutcome ZeroCounters(ServiceKey? key)
    {
        if (key is { } one && !_services.ContainsKey(one))
        {
            return ServiceOutcome.NoSuchService;
        }

        foreach (VirtualService service in _inOrder.Where(s => key is null || s.Key == key))
        {
            service.ZeroCounters();
        }

        return ServiceOutcome.Done;
    }

    /// <summary>Samples every service and server when the time has come; call with every tick.</summary>
    public void SampleTraffic(long now)
    {
        if (now < _nextSample)
        {
            return;
        }

        bool first = _nextSample == long.MinValue;
        bool late = now >= _nextSample + RateEstimator.PeriodMilliseconds;
        _nextSample = first || late ? now + RateEstimator.PeriodMilliseconds : _nextSample + RateEstimator.PeriodMilliseconds;
        foreach (VirtualService service in _inOrder)
        {
            service.Sample();
        }
    }

    /// <summary>Lists services in this order from now on; all of them must be named.</summary>
    public void Order(IEnumerable<ServiceKey> keys) => _inOrder = [.. keys.Select(k => _services[k])];

    /// <summary>Servers that start slowly go on.</summary>
    public void Tick(long now)
    {
        foreach (VirtualService service in _inOrder)
        {
            service.Tick(now);
        }
    }

    private void FindCallServices() =>
        CallServices = [.. _inOrder.Where(s => s is { Key: { Mark: 0, Port: not 0, Protocol: TransportProtocol.Udp }, Engine: ServiceRules.SipEngine })];

    private void RemoveServers(VirtualService service)
    {
        service.StopScheduling();
        foreach (RealServer server in service.Servers.ToArray())
        {
            RemoveServer(service, server);
        }
    }

    private void RemoveServer(VirtualService service, RealServer server)
    {
        service.Remove(server);
        retirement.Removed(server);
        if (service.Config.OnServerLoss == ServerLoss.Reset)
        {
            ServerLost?.Invoke(server);
        }

        servers.ForgetIfUnused(server);
    }
}
