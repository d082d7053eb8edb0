using System.Runtime.InteropServices;
using HaLvs.Forwarder.Scheduling;

namespace HaLvs.Forwarder.Services;

/// <summary>
/// A virtual service alive: its servers, newest first as the kernel lists them, and its scheduler, which is told of every single change so that
/// its state moves as the kernel's does.
/// </summary>
internal sealed class VirtualService(ServiceKey key, string schedulerName, Scheduler scheduler)
{
    private readonly List<RealServer> _servers = [];
    private Scheduler _scheduler = scheduler;

    public ServiceKey Key { get; } = key;

    public string SchedulerName { get; private set; } = schedulerName;

    public IReadOnlyList<RealServer> Servers => _servers;

    public RealServer? Schedule(in NewConnection connection) =>
        _scheduler.Pick(ServerSpan(), in connection);

    /// <summary>The server that the next connection would get; changes nothing.</summary>
    public RealServer? Preview(in NewConnection connection) =>
        _scheduler.Peek(ServerSpan(), in connection);

    /// <summary>Flags of ipvsadm -b; they work from the next pick on, the scheduler keeps its state.</summary>
    public void SetOptions(SchedulerOptions options) => _scheduler.Options = options;

    public void UseScheduler(string name, Scheduler scheduler)
    {
        SchedulerName = name;
        scheduler.Options = _scheduler.Options;
        _scheduler = scheduler;
        _scheduler.Start(ServerSpan());
    }

    public void Add(RealServer server)
    {
        _servers.Insert(0, server);
        _scheduler.ServerAdded(ServerSpan());
    }

    public void Edit(RealServer server, RealServerConfig config)
    {
        server.Configure(config, isNew: false);
        _scheduler.ServerEdited(ServerSpan());
    }

    public void RemoveAt(int index)
    {
        _servers.RemoveAt(index);
        _scheduler.ServerRemoved(index, ServerSpan());
    }

    public ServiceSnapshot ToSnapshot() => new(Key.Protocol, Key.Address, Key.Port, SchedulerName, [.. _servers.Select(ToSnapshot)]);

    private static ServerSnapshot ToSnapshot(RealServer server) => new(
        server.Key.Address, server.Key.Port, server.Weight, server.ActiveConnections, server.InactiveConnections,
        server.Connections, server.InPackets, server.OutPackets, server.InBytes, server.OutBytes);

    private ReadOnlySpan<RealServer> ServerSpan() => CollectionsMarshal.AsSpan(_servers);
}
