using HaLvs.Director.Configuration.Issues;

namespace HaLvs.Director.Configuration.Written;

/// <summary>What the operator wrote: every value readable on its own, not yet checked against the others.</summary>
internal sealed record DirectorConfig(
    ClusterConfig Cluster, NetworkConfig Network, HeartbeatConfig Heartbeat, IReadOnlyList<NodeConfig> Nodes, IReadOnlyList<ServiceConfig> Services)
{
    public IReadOnlyList<MarkConfig> Marks { get; init; } = [];

    public IpvsConfig? Ipvs { get; init; }

    public GuardConfig? Guard { get; init; }

    public bool IsPair => Nodes.Count == 2;
}

internal sealed record ClusterConfig(
    Setting<string>? Name, Setting<string>? KeyFile, Setting<string>? CertificateDirectory, Setting<string>? Prefer, Setting<bool>? AutoFailback);

internal sealed record HeartbeatConfig(
    Setting<TimeSpan>? Interval, Setting<TimeSpan>? Warn, Setting<TimeSpan>? Dead, Setting<TimeSpan>? Start,
    IReadOnlyList<Setting<System.Net.IPAddress>> Ping);

/// <param name="At">The header of the table.</param>
internal sealed record CheckConfig(
    Position At, Setting<string>? Type, Setting<string>? Path, Setting<TimeSpan>? Interval, Setting<TimeSpan>? Timeout);
