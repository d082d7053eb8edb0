using Google.Protobuf;
using HaLvs.Director.Runtime.V1;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Runtime;

/// <summary>Between the table's own types and the messages of services.proto, both ways.</summary>
internal static class ServiceTranslation
{
    public static ByteString ToBytes(Ip address) => ByteString.CopyFrom(address.ToIPAddress().GetAddressBytes());

    /// <exception cref="InvalidDataException">Neither 4 nor 16 bytes.</exception>
    public static Ip FromBytes(ByteString bytes) => bytes.Length is 4 or 16
        ? Ip.From(new System.Net.IPAddress(bytes.Span))
        : throw new InvalidDataException($"an address of {bytes.Length} bytes");

    public static ServiceName ToMessage(ServiceKey key) =>
        new() { Protocol = (uint)key.Protocol, Address = ToBytes(key.Address), Port = key.Port, Mark = key.Mark };

    public static ServiceKey FromMessage(ServiceName name) =>
        name.Mark != 0 ? ServiceKey.OfMark(name.Mark, name.Address.Length == 16) : new ServiceKey((TransportProtocol)name.Protocol, FromBytes(name.Address), (ushort)name.Port);

    public static ServiceDefinition ToMessage(VirtualServiceConfig service)
    {
        ServiceKey key = service.Key;
        ServiceDefinition message = new()
        {
            Protocol = (uint)key.Protocol,
            Address = ToBytes(key.Address),
            Port = key.Port,
            Mark = key.Mark,
            Scheduler = service.Scheduler,
            SchedulerOptions = (uint)service.Options,
            OnePacket = service.OnePacket,
            Persistence = service.Persistence is { } p ? new Persistence { TimeoutMilliseconds = (long)p.Timeout.TotalMilliseconds, Netmask = p.Netmask, Engine = p.Engine ?? "" } : null,
            Helper = service.Helper ?? "",
            SlowStartMilliseconds = (long)service.SlowStart.TotalMilliseconds,
            OnServerLoss = (uint)service.OnServerLoss,
            IdleEngine = service.IdleEngine ?? "",
        };
        message.Servers.AddRange(service.Servers.Select(ToMessage));
        return message;
    }

    public static VirtualServiceConfig FromMessage(ServiceDefinition message)
    {
        ServiceKey key = FromMessage(new ServiceName { Protocol = message.Protocol, Address = message.Address, Port = message.Port, Mark = message.Mark });
        return new VirtualServiceConfig(key.Protocol, key.Address, key.Port, message.Scheduler, [.. message.Servers.Select(FromMessage)])
        {
            Mark = key.Mark,
            Options = (SchedulerOptions)message.SchedulerOptions,
            OnePacket = message.OnePacket,
            Persistence = message.Persistence is { } p
                ? new PersistenceConfig(TimeSpan.FromMilliseconds(p.TimeoutMilliseconds), p.Netmask, p.Engine.Length > 0 ? p.Engine : null)
                : null,
            Helper = message.Helper.Length > 0 ? message.Helper : null,
            SlowStart = TimeSpan.FromMilliseconds(message.SlowStartMilliseconds),
            OnServerLoss = (ServerLoss)message.OnServerLoss,
            IdleEngine = message.IdleEngine.Length > 0 ? message.IdleEngine : null,
        };
    }

    public static ServerDefinition ToMessage(RealServerConfig server) => new()
    {
        Address = ToBytes(server.Address),
        Port = server.Port,
        Weight = server.Weight,
        UpperThreshold = server.UpperThreshold,
        LowerThreshold = server.LowerThreshold,
        Method = (uint)server.Method,
        TunnelType = (uint)(server.Tunnel?.Type ?? 0),
        TunnelPort = server.Tunnel?.Port ?? 0,
        TunnelChecksum = (uint)(server.Tunnel?.Checksum ?? 0),
    };

    public static RealServerConfig FromMessage(ServerDefinition message) => new(FromBytes(message.Address), (ushort)message.Port, message.Weight)
    {
        UpperThreshold = message.UpperThreshold,
        LowerThreshold = message.LowerThreshold,
        Method = (ForwardingMethod)message.Method,
        Tunnel = message.Method == (uint)ForwardingMethod.Tunnel
            ? new TunnelEncapsulation((TunnelType)message.TunnelType, (ushort)message.TunnelPort, (TunnelChecksum)message.TunnelChecksum)
            : null,
    };

    public static TimeoutValues ToMessage(ConnectionTimeouts timeouts) => new()
    {
        TcpMilliseconds = (long)timeouts.Tcp.TotalMilliseconds,
        TcpFinMilliseconds = (long)timeouts.TcpFin.TotalMilliseconds,
        UdpMilliseconds = (long)timeouts.Udp.TotalMilliseconds,
    };

    public static ConnectionTimeouts FromMessage(TimeoutValues message) => new()
    {
        Tcp = TimeSpan.FromMilliseconds(message.TcpMilliseconds),
        TcpFin = TimeSpan.FromMilliseconds(message.TcpFinMilliseconds),
        Udp = TimeSpan.FromMilliseconds(message.UdpMilliseconds),
    };

    public static SyncDaemonDefinition ToMessage(SyncDaemon daemon) => new()
    {
        Master = daemon.Master,
        Interface = daemon.Interface,
        SyncId = daemon.SyncId,
        MaximumLength = daemon.MaximumLength,
        Group = daemon.Group is { } group ? ToBytes(group) : ByteString.Empty,
        Port = daemon.Port,
        Ttl = daemon.Ttl,
    };

    public static SyncDaemon FromMessage(SyncDaemonDefinition message) => new(
        message.Master, message.Interface, message.SyncId, message.MaximumLength, message.Group.IsEmpty ? null : FromBytes(message.Group), message.Port, message.Ttl);
}
