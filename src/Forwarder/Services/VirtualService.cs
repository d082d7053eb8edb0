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

    public void UseScheduler(string name, Scheduler scheduler)
    {
        SchedulerName = name;
        _scheduler = scheduler;
        _scheduler.Start(ServerSpan());
    }

    public void Add(RealServer server)
    {
        _servers.Insert(0, server);
        _scheduler.ServerAdded(ServerSpan());
    }

    public void SetWeight(RealServer server, int weight)
    {
        server.Weight = weight;
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
