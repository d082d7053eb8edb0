using System.Collections.Immutable;

namespace HaLvs.Forwarder.Services;

/// <summary>All that ipvsadm shows of a virtual service; servers in the kernel's order, newest first.</summary>
/// <param name="Service">As configured; its own server list is empty here.</param>
/// <param name="Totals">As of the last sample, at most two seconds old: <see cref="RateEstimator"/>.</param>
public sealed record ServiceListing(VirtualServiceConfig Service, TrafficTotals Totals, TrafficRates Rates, ImmutableArray<ServerListing> Servers);

/// <summary>All that ipvsadm shows of a real server.</summary>
/// <param name="Persistent">Persistence templates that lead to it.</param>
public sealed record ServerListing(
    RealServerConfig Server, int Active, int Inactive, int Persistent, TrafficTotals Totals, TrafficRates Rates);
