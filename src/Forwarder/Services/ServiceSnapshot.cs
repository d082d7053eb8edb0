using System.Collections.Immutable;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Services;

/// <summary>What an operator sees of a virtual service, servers in kernel order (newest first). A service of a mark: protocol 0, port 0.</summary>
public sealed record ServiceSnapshot(
    TransportProtocol Protocol, Ip Address, ushort Port, string Scheduler, ImmutableArray<ServerSnapshot> Servers)
{
    public uint Mark { get; init; }

    public SchedulerOptions Options { get; init; }

    public bool OnePacket { get; init; }

    /// <summary>Null: not persistent.</summary>
    public PersistenceConfig? Persistence { get; init; }

    public string? Helper { get; init; }

    /// <summary>The service's own totals: they stay when a server leaves.</summary>
    public long Connections { get; init; }

    public long InPackets { get; init; }

    public long OutPackets { get; init; }

    public long InBytes { get; init; }

    public long OutBytes { get; init; }

    public ServiceKey Key => new(Protocol, Address, Port, Mark);
}

/// <summary>What an operator sees of a real server. Counters are totals since it was made or zeroed; connections counted as ipvsadm does.</summary>
public sealed record ServerSnapshot(
    Ip Address, ushort Port, int Weight, int ActiveConnections, int InactiveConnections,
    long Connections, long InPackets, long OutPackets, long InBytes, long OutBytes)
{
    public ForwardingMethod Method { get; init; }

    /// <summary>0: no limit.</summary>
    public uint UpperThreshold { get; init; }

    public uint LowerThreshold { get; init; }

    /// <summary>Persistence templates that name the server.</summary>
    public int PersistentConnections { get; init; }
}
