using System.Runtime.InteropServices;
using HaLvs.Forwarder.Scheduling;

namespace HaLvs.Forwarder.Services;

/// <summary>
/// A virtual service alive: its servers, newest first as the kernel lists them, and its scheduler, which is told of every single change so that
/// its state moves as the kernel's does.
/// </summary>
internal sealed class VirtualService
{
    private readonly List<RealServer> _servers = [];
    private readonly SlowStart _slowStart = new();
    private readonly SchedulerEnvironment _environment;
    private Scheduler? _scheduler;

    /// <summary>Several changes are under way: a scheduler whose state follows from the list is told once, before its next pick.</summary>
    private bool _several;
    private bool _stale;

    /// <param name="config">Checked by <see cref="ServiceRules"/>; its servers are ignored.</param>
    public VirtualService(VirtualServiceConfig config, SchedulerEnvironment environment)
    {
        _environment = environment;
        Key = config.Key;
        Config = Normal(config);
        _slowStart.SetDuration(config.SlowStart, []);
        UseScheduler();
    }

    public ServiceKey Key { get; }

    /// <summary>As the operator gave it, without servers.</summary>
    public VirtualServiceConfig Config { get; private set; }

    /// <summary>The persistence engine, also of a service that is not persistent: it has one without templates then (svc->pe).</summary>
    public string? Engine => Config.Persistence?.Engine ?? Config.IdleEngine;

    public TrafficCounters Traffic { get; } = new();

    public IReadOnlyList<RealServer> Servers => _servers;

    /// <summary>Until then the SYN proxy answers for the service; milliseconds of the core's clock.</summary>
    public long SynProxyUntil { get; set; } = long.MinValue;

    /// <summary>Half-open TCP connections of its servers.</summary>
    public int HalfOpen
    {
        get
        {
            int all = 0;
            foreach (RealServer server in _servers)
            {
                all += server.HalfOpen;
            }

            return all;
        }
    }

    public RealServer? Schedule(in NewConnection connection)
    {
        CatchUp();
        return _scheduler?.Pick(ServerSpan(), in connection);
    }

    /// <summary>The server that the next connection would get; changes nothing.</summary>
    public RealServer? Preview(in NewConnection connection)
    {
        CatchUp();
        return _scheduler?.Peek(ServerSpan(), in connection);
    }

    /// <summary>A scheduler that stays keeps its state (ip_vs_edit_service).</summary>
    public void Edit(VirtualServiceConfig config)
    {
        bool sameScheduler = config.Scheduler == Config.Scheduler;
        Config = Normal(config);
        bool sharesChanged = _slowStart.SetDuration(config.SlowStart, ServerSpan());
        if (!sameScheduler)
        {
            UseScheduler();
        }
        else
        {
            _scheduler?.SetOptions(Config.Options);
        }

        if (sameScheduler && sharesChanged)
        {
            _scheduler?.SharesChanged(ServerSpan());
        }
    }

    public void Add(RealServer server, RealServerConfig config)
    {
        server.Configure(this, config);
        _slowStart.Begin(server);
        _servers.Insert(0, server);
        if (!IsToldLater())
        {
            _scheduler?.ServerAdded(ServerSpan());
        }
    }

    public void Edit(RealServer server, RealServerConfig config)
    {
        bool wasQuiesced = server.Weight == 0;
        server.Configure(this, config);
        if (wasQuiesced && server.Weight > 0)
        {
            _slowStart.Begin(server);
        }

        if (!IsToldLater())
        {
            _scheduler?.ServerEdited(_servers.IndexOf(server), ServerSpan());
        }
    }

    /// <summary>Changes that belong together come now; <see cref="EndChanges"/> follows before the next packet.</summary>
    public void BeginChanges() => _several = true;

    /// <summary>True: the scheduler has to catch up; <see cref="CatchUp"/> does it now, a pick when it must.</summary>
    public bool EndChanges()
    {
        _several = false;
        if (_stale)
        {
            _scheduler?.Reserve(_servers.Count);
        }

        return _stale;
    }

    /// <summary>A thousand hash tables are not made in one hold of the gate. Allocates nothing.</summary>
    public void CatchUp()
    {
        if (_stale)
        {
            _stale = false;
            _scheduler?.Start(ServerSpan());
        }
    }

    /// <summary>The service is on its way out: its servers leave, and nobody needs to know where the next connection would go (ip_vs_unlink_service).</summary>
    public void StopScheduling() => _scheduler = null;

    /// <summary>Servers that start slowly go on; call about every 100 ms.</summary>
    public void Tick(long now)
    {
        if (_slowStart.Advance(ServerSpan(), now))
        {
            _scheduler?.SharesChanged(ServerSpan());
        }
    }

    public void Remove(RealServer server)
    {
        int index = _servers.IndexOf(server);
        server.Unconfigure();
        _servers.RemoveAt(index);
        if (!IsToldLater())
        {
            _scheduler?.ServerRemoved(index, ServerSpan());
        }
    }

    public void ZeroCounters()
    {
        Traffic.Zero();
        _servers.ForEach(server => server.Traffic.Zero());
    }

    /// <summary>The live service as the list that would make it, servers in the order of adding.</summary>
    public VirtualServiceConfig Export() => Config with { Servers = [.. Enumerable.Reverse(_servers).Select(s => s.Config!)] };

    public ServiceSnapshot ToSnapshot() => new(Key.Protocol, Key.Address, Key.Port, Config.Scheduler, [.. _servers.Select(ToSnapshot)])
    {
        Mark = Key.Mark,
        Options = Config.Options,
        OnePacket = Config.OnePacket,
        Persistence = Config.Persistence,
        Helper = Config.Helper,
        Connections = Traffic.Connections,
        InPackets = Traffic.InPackets,
        OutPackets = Traffic.OutPackets,
        InBytes = Traffic.InBytes,
        OutBytes = Traffic.OutBytes,
    };

    public ServiceListing ToListing() => new(
        Config, Traffic.Estimator.Totals, Traffic.Estimator.Rates,
        [.. _servers.Select(s => new ServerListing(
            s.Config!, s.ActiveConnections, s.InactiveConnections, s.PersistentConnections, s.Traffic.Estimator.Totals, s.Traffic.Estimator.Rates))]);

    /// <summary>Every two seconds: <see cref="RateEstimator"/>.</summary>
    public void Sample()
    {
        Traffic.Sample();
        _servers.ForEach(static server => server.Traffic.Sample());
    }

    private static ServerSnapshot ToSnapshot(RealServer server) => new(
        server.Key.Address, server.Key.Port, server.Config!.Weight, server.ActiveConnections, server.InactiveConnections,
        server.Traffic.Connections, server.Traffic.InPackets, server.Traffic.OutPackets, server.Traffic.InBytes, server.Traffic.OutBytes)
    {
        Method = server.Config.Method,
        UpperThreshold = server.Config.UpperThreshold,
        LowerThreshold = server.Config.LowerThreshold,
        PersistentConnections = server.PersistentConnections,
        Drain = server.Drain is { } plan
            ? plan.ToSnapshot(server.CountedConnections)
            : null,
    };

    private static VirtualServiceConfig Normal(VirtualServiceConfig config)
    {
        ServiceKey key = config.Key;
        return config with { Protocol = key.Protocol, Address = key.Address, Port = key.Port, Servers = [] };
    }

    private bool IsToldLater()
    {
        bool later = (_several || _stale) && _scheduler is { FollowsFromList: true };
        _stale |= later;
        if (later && !_several)
        {
            _scheduler!.Reserve(_servers.Count);
        }

        return later;
    }

    private void UseScheduler()
    {
        _scheduler = Config.Scheduler == ServiceRules.NoScheduler ? null : SchedulerNames.Create(Config.Scheduler, _environment);
        _scheduler?.SetOptions(Config.Options);
        _stale = false;
        _scheduler?.Start(ServerSpan());
    }

    private ReadOnlySpan<RealServer> ServerSpan() => CollectionsMarshal.AsSpan(_servers);
}
