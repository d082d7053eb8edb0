using System.Collections.Immutable;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Services;

/// <summary>A virtual service as the operator wrote it, validated: (protocol, virtual address, port) and how to choose a real server.</summary>
public sealed record VirtualServiceConfig(
    TransportProtocol Protocol,
    Ip Address,
    ushort Port,
    string Scheduler,
    ImmutableArray<RealServerConfig> Servers);

/// <summary>A real server of a virtual service. Weight 0 is quiesced: open connections go on, no new ones come.</summary>
public sealed record RealServerConfig(Ip Address, ushort Port, int Weight);
