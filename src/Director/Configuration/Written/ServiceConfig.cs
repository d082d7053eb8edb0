using System.Net;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Values;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Configuration.Written;

/// <param name="At">The header of the table.</param>
internal sealed record ServiceConfig(
    Position At,
    Setting<ListenAddress>? Listen,
    Setting<string>? Scheduler,
    Setting<string>? Helper,
    CheckConfig? Check,
    IReadOnlyList<ServerConfig> Servers)
{
    /// <summary>listen is there, even if unreadable.</summary>
    public bool ListenGiven { get; init; }

    /// <summary>mark is there, even if unreadable.</summary>
    public bool MarkGiven { get; init; }

    public Setting<uint>? Mark { get; init; }

    public IReadOnlyList<Setting<string>> SchedulerFlags { get; init; } = [];

    public PersistenceConfig? Persistence { get; init; }

    public Setting<bool>? OnePacket { get; init; }

    public Setting<TimeSpan>? SlowStart { get; init; }

    public Setting<string>? OnServerLoss { get; init; }

    /// <summary>Null: not known, because listen could not be read or the service is one of a mark.</summary>
    public TransportProtocol? Protocol => Listen?.Value.Protocol;

    /// <summary>The family: by the virtual address, or by the first server of a mark.</summary>
    public bool IsV6 => (Listen?.Value.Address ?? Servers.FirstOrDefault(s => s.Address is not null)?.Address?.Value.Address)
        is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 };
}

/// <param name="At">The header of the table.</param>
internal sealed record ServerConfig(
    Position At, Setting<IPEndPoint>? Address, Setting<int>? Weight, Setting<uint>? UpperThreshold, Setting<uint>? LowerThreshold);

/// <param name="At">The header of the table.</param>
/// <param name="Netmask">Null: each client by itself.</param>
internal sealed record PersistenceConfig(Position At, Setting<TimeSpan>? Timeout, Setting<ClientMask>? Netmask, Setting<string>? Engine);
