using System.Collections.Immutable;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Stonith.Devices;

namespace HaLvs.Director.Configuration;

/// <summary>Config to Model. Called only when nothing was reported as an error, so every required setting is there.</summary>
internal static class ModelBuilder
{
    public static DirectorModel Build(DirectorConfig config, string path, ulong hash) => new()
    {
        SourcePath = path,
        Hash = hash,
        Cluster = Cluster(config.Cluster),
        Network = Network(config.Network),
        Heartbeat = Heartbeat(config.Heartbeat),
        Nodes = [.. config.Nodes.Select(Node)],
        Services = [.. config.Services.Select(Service)],
        Checks = [.. config.Services.Where(s => s.Check is not null).Select(Check)],
    };

    private static ClusterModel Cluster(ClusterConfig cluster) => new()
    {
        Name = cluster.Name!.Value,
        KeyFile = cluster.KeyFile!.Value,
        CertificateDirectory = cluster.CertificateDirectory?.Value ?? Path.GetDirectoryName(cluster.KeyFile.Value)!,
        Prefer = cluster.Prefer?.Value,
        AutoFailback = cluster.AutoFailback!.Value,
    };

    private static NetworkModel Network(NetworkConfig network) => new()
    {
        External = network.External!.Value,
        Internal = network.Internal!.Value,
        VirtualAddresses = [.. network.VirtualAddresses.Select(v => v.Value)],
        Gateway = network.Gateway!.Value.Address,
        GatewayPrefixLength = network.Gateway.Value.PrefixLength,
        Masquerade = network.Masquerade!.Value,
        Offload = network.Offload!.Value,
        ConnectionCapacity = network.ConnectionCapacity!.Value,
    };

    private static HeartbeatModel Heartbeat(HeartbeatConfig heartbeat) => new()
    {
        Interval = heartbeat.Interval!.Value,
        Warn = heartbeat.Warn!.Value,
        Dead = heartbeat.Dead!.Value,
        Start = heartbeat.Start!.Value,
        Ping = [.. heartbeat.Ping.Select(p => p.Value)],
    };

    private static NodeModel Node(NodeConfig node) => new()
    {
        Name = node.Name!.Value,
        Sync = node.Sync?.Value,
        Links = [.. node.Links.Select(l => l.Value)],
        Fence = [.. node.Fence.Select(f => Device(node.Name.Value, f))],
    };

    private static FenceDeviceConfig Device(string target, FenceConfig device) => new()
    {
        Target = target,
        Level = device.Level!.Value,
        Type = device.Type!.Value,
        Address = device.Address?.Value,
        Port = device.Port!.Value,
        User = device.User?.Value,
        PasswordFile = device.PasswordFile?.Value,
        CipherSuite = device.CipherSuite!.Value,
        Program = device.Program?.Value,
        Options = device.Options.ToImmutableSortedDictionary(o => o.Name, o => o.Value.Value, StringComparer.Ordinal),
        CommandTimeout = device.Timeout!.Value,
        OffTimeout = device.OffTimeout!.Value,
        PollInterval = device.PollInterval!.Value,
        Attempts = device.Attempts!.Value,
    };

    private static VirtualServiceConfig Service(ServiceConfig service)
    {
        ListenAddress listen = service.Listen!.Value;
        return new VirtualServiceConfig(
            listen.Protocol, Ip.From(listen.Address), listen.Port, service.Scheduler!.Value, [.. service.Servers.Select(Server)]);
    }

    private static RealServerConfig Server(ServerConfig server) =>
        new(Ip.From(server.Address!.Value.Address), (ushort)server.Address.Value.Port, server.Weight!.Value);

    private static CheckModel Check(ServiceConfig service)
    {
        ListenAddress listen = service.Listen!.Value;
        CheckConfig check = service.Check!;
        return new CheckModel(
            listen.Protocol, Ip.From(listen.Address), listen.Port, check.Type!.Value, check.Path?.Value ?? "/", check.Interval!.Value, check.Timeout!.Value);
    }
}
