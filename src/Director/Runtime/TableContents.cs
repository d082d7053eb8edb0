using System.Collections.Immutable;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Runtime;

/// <summary>The whole table at one instant, but for its connections.</summary>
/// <param name="Services">In the order of adding.</param>
/// <param name="Capacity">Connections at most.</param>
public sealed record TableContents(
    ImmutableArray<ServiceListing> Services, ConnectionTimeouts Timeouts, ImmutableArray<SyncDaemon> Daemons, int Capacity);
