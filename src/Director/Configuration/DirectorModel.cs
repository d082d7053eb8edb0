using System.Collections.Immutable;
using System.Net;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Services;
using HaLvs.Stonith.Devices;

namespace HaLvs.Director.Configuration;

/// <summary>The configuration file, validated and immutable. The same file on both nodes; <see cref="Hash"/> travels in the heartbeat.</summary>
public sealed record DirectorModel
{
    public required string SourcePath { get; init; }

    /// <summary>First 8 bytes of the SHA-256 of the file, big-endian.</summary>
    public required ulong Hash { get; init; }

    public required ClusterModel Cluster { get; init; }

    public required NetworkModel Network { get; init; }

    public required HeartbeatModel Heartbeat { get; init; }

    /// <summary>One (a single director) or two.</summary>
    public required ImmutableArray<NodeModel> Nodes { get; init; }

    public required ImmutableArray<VirtualServiceConfig> Services { get; init; }

    /// <summary>How the real servers of a service are checked; a service without an entry is not.</summary>
    public ImmutableArray<CheckModel> Checks { get; init; } = [];

    /// <summary>In the order of the file: the first that matches counts.</summary>
    public ImmutableArray<MarkRule> Marks { get; init; } = [];

    public IpvsSettings Ipvs { get; init; } = new();

    public SynProxyOptions SynProxy { get; init; } = new();

    public ClientLimitOptions ClientLimits { get; init; } = new();

    public ConnectionTimeouts Timeouts { get; init; } = new();

    public NodeModel NodeNamed(string name) => Nodes.First(n => n.Name == name);

    public NodeModel? PeerOf(string name) => Nodes.FirstOrDefault(n => n.Name != name);
}

public sealed record ClusterModel
{
    public required string Name { get; init; }

    /// <summary>Cluster keys: one base64 line each, the first signs, all are accepted. Mode must deny group and others.</summary>
    public required string KeyFile { get; init; }

    /// <summary>Folder with ca.pem, NODE.pem and NODE.key as halvs keygen makes them. Default: the folder of <see cref="KeyFile"/>.</summary>
    public required string CertificateDirectory { get; init; }

    public string? Prefer { get; init; }

    public bool AutoFailback { get; init; }
}

public sealed record NetworkModel
{
    public const int DefaultConnectionCapacity = 1_000_000;

    public required string External { get; init; }

    public required string Internal { get; init; }

    /// <summary>IPv4 and IPv6, single addresses.</summary>
    public required ImmutableArray<IPAddress> VirtualAddresses { get; init; }

    /// <summary>The real servers' default route; moves with the virtual addresses.</summary>
    public required IPAddress Gateway { get; init; }

    public required int GatewayPrefixLength { get; init; }

    /// <summary>The same for IPv6; null when no virtual address is IPv6.</summary>
    public IPAddress? Gateway6 { get; init; }

    public int Gateway6PrefixLength { get; init; }

    /// <summary>"10.0.0.1/24", or both families with a comma between.</summary>
    public string GatewayText => Gateway6 is null ? $"{Gateway}/{GatewayPrefixLength}" : $"{Gateway}/{GatewayPrefixLength}, {Gateway6}/{Gateway6PrefixLength}";

    public bool Masquerade { get; init; }

    /// <summary>"auto" or "off". The kernel program is not there yet: auto means off and status says so.</summary>
    public string Offload { get; init; } = "auto";

    /// <summary>Connections at most.</summary>
    public int ConnectionCapacity { get; init; } = DefaultConnectionCapacity;
}

public sealed record HeartbeatModel
{
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan Warn { get; init; } = TimeSpan.FromMilliseconds(300);

    public TimeSpan Dead { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan Start { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Optional: addresses that tell "my network is broken" from "the peer is gone".</summary>
    public ImmutableArray<IPAddress> Ping { get; init; } = [];
}

public sealed record NodeModel
{
    public required string Name { get; init; }

    /// <summary>Where this node's sync service listens; the peer connects here. Null in a single director.</summary>
    public IPEndPoint? Sync { get; init; }

    public ImmutableArray<LinkModel> Links { get; init; } = [];

    /// <summary>Devices that switch the power of this node.</summary>
    public ImmutableArray<FenceDeviceConfig> Fence { get; init; } = [];
}

/// <summary>A check of the real servers of a service.</summary>
/// <param name="Type">"tcp", "http" or "none".</param>
/// <param name="Path">http: path of the request.</param>
public sealed record CheckModel(
    ServiceKey Service, string Type, string Path, TimeSpan Interval, TimeSpan Timeout);

/// <summary>"udp:ADDRESS:PORT" (the node's own address) or "serial:DEVICE:BAUD". Links pair up by position: link i of one node talks to link i of the other.</summary>
public abstract record LinkModel(string Text)
{
    public sealed record Udp(string Text, IPEndPoint Local) : LinkModel(Text);

    public sealed record Serial(string Text, string Device, int Baud) : LinkModel(Text);
}
