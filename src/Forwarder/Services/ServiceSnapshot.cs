using System.Collections.Immutable;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Services;

/// <summary>What an operator sees of a virtual service, servers in kernel order (newest first).</summary>
public sealed record ServiceSnapshot(
    TransportProtocol Protocol, Ip Address, ushort Port, string Scheduler, ImmutableArray<ServerSnapshot> Servers);

/// <summary>What an operator sees of a real server. Counters are totals since the service table was made; connections counted as ipvsadm does.</summary>
public sealed record ServerSnapshot(
    Ip Address, ushort Port, int Weight, int ActiveConnections, int InactiveConnections,
    long Connections, long InPackets, long OutPackets, long InBytes, long OutBytes);
