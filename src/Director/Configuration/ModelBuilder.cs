using System.Collections.Immutable;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Written;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Guard;
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
        Services = [.. config.Services.Select(ServiceBuilder.Service)],
        Checks = [.. config.Services.Where(s => s.Check is not null).Select(ServiceBuilder.Check)],
        Marks = [.. config.Marks.SelectMany(m => MarkBuilder.Rules(m, config.Network.VirtualAddresses.Select(v => v.Value)))],
        SynProxy = SynProxy(config.Guard!),
        ClientLimits = new ClientLimitOptions
        {
            ConcurrentConnections = config.Guard!.ClientConnections!.Value,
            NewConnectionsPerSecond = config.Guard.ClientRate!.Value,
        },
        Ipvs = Ipvs(config.Ipvs!),
        Timeouts = new ConnectionTimeouts { Tcp = config.Ipvs!.Tcp!.Value, TcpFin = config.Ipvs.TcpFin!.Value, Udp = config.Ipvs.Udp!.Value },
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
        Gateway6 = network.Gateway6?.Value.Address,
        Gateway6PrefixLength = network.Gateway6?.Value.PrefixLength ?? 0,
        Masquerade = network.Masquerade!.Value,
        Offload = network.Offload!.Value,
        ConnectionCapacity = network.ConnectionCapacity!.Value,
    };

    private static SynProxyOptions SynProxy(GuardConfig guard) => new()
    {
        Mode = (SynProxyMode)GuardTable.Modes.ToList().IndexOf(guard.SynCookies!.Value),
        ServiceThreshold = guard.ServiceThreshold!.Value,
        TableThreshold = guard.TableThreshold!.Value,
    };

    private static IpvsSettings Ipvs(IpvsConfig ipvs) => new()
    {
        ExpireNoDestConn = ipvs.ExpireNoDestConn!.Value,
        ExpireQuiescentTemplate = ipvs.ExpireQuiescentTemplate!.Value,
        SloppyTcp = ipvs.SloppyTcp!.Value,
        NatIcmpSend = ipvs.NatIcmpSend!.Value,
        SecureTcp = ipvs.SecureTcp!.Value,
        DropEntry = ipvs.DropEntry!.Value,
        DropPacket = ipvs.DropPacket!.Value,
        DropRate = ipvs.DropRate!.Value,
        ConnReuseMode = ipvs.ConnReuseMode!.Value,
        LblcExpiration = ipvs.LblcExpiration!.Value,
        LblcrExpiration = ipvs.LblcrExpiration!.Value,
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
}
