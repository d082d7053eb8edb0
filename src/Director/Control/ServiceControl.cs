using HaLvs.Director.Control.V1;
using HaLvs.Director.Runtime;
using HaLvs.Director.Runtime.V1;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Control;

/// <summary>Between control.proto's service verbs and the table's own types, both ways.</summary>
internal static class ServiceControl
{
    public static Change ToMessage(ServiceChange change) => change switch
    {
        ServiceChange.AddService c => new Change { AddService = ServiceTranslation.ToMessage(c.Service) },
        ServiceChange.EditService c => new Change { EditService = ServiceTranslation.ToMessage(c.Service) },
        ServiceChange.DeleteService c => new Change { DeleteService = ServiceTranslation.ToMessage(c.Service) },
        ServiceChange.Clear => new Change { Clear = true },
        ServiceChange.AddServer c => new Change { AddServer = Server(c.Service, c.Server) },
        ServiceChange.EditServer c => new Change { EditServer = Server(c.Service, c.Server) },
        ServiceChange.DeleteServer c => new Change { DeleteServer = Server(c.Service, new RealServerConfig(c.Address, c.Port, 0)) },
        ServiceChange.Zero c => new Change { Zero = new ZeroCounters { Service = c.Service is { } key ? ServiceTranslation.ToMessage(key) : null } },
        ServiceChange.SetTimeouts c => new Change
        {
            SetTimeouts = new TimeoutValues { TcpMilliseconds = c.Tcp * 1000L, TcpFinMilliseconds = c.TcpFin * 1000L, UdpMilliseconds = c.Udp * 1000L },
        },
        ServiceChange.StartDaemon c => new Change { StartDaemon = ServiceTranslation.ToMessage(c.Daemon) },
        ServiceChange.StopDaemon c => new Change { StopDaemon = new SyncDaemonDefinition { Master = c.Master } },
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };

    /// <exception cref="InvalidDataException">An unknown change (of a newer program), or an address of no known length.</exception>
    public static ServiceChange FromMessage(Change message) => message.ChangeCase switch
    {
        Change.ChangeOneofCase.AddService => new ServiceChange.AddService(ServiceTranslation.FromMessage(message.AddService)),
        Change.ChangeOneofCase.EditService => new ServiceChange.EditService(ServiceTranslation.FromMessage(message.EditService)),
        Change.ChangeOneofCase.DeleteService => new ServiceChange.DeleteService(ServiceTranslation.FromMessage(message.DeleteService)),
        Change.ChangeOneofCase.Clear => new ServiceChange.Clear(),
        Change.ChangeOneofCase.AddServer => new ServiceChange.AddServer(ServiceTranslation.FromMessage(message.AddServer.Service), ServiceTranslation.FromMessage(message.AddServer.Server)),
        Change.ChangeOneofCase.EditServer => new ServiceChange.EditServer(ServiceTranslation.FromMessage(message.EditServer.Service), ServiceTranslation.FromMessage(message.EditServer.Server)),
        Change.ChangeOneofCase.DeleteServer => Deletion(message.DeleteServer),
        Change.ChangeOneofCase.Zero => new ServiceChange.Zero(message.Zero.Service is { } key ? ServiceTranslation.FromMessage(key) : null),
        Change.ChangeOneofCase.SetTimeouts => new ServiceChange.SetTimeouts(
            (int)(message.SetTimeouts.TcpMilliseconds / 1000), (int)(message.SetTimeouts.TcpFinMilliseconds / 1000), (int)(message.SetTimeouts.UdpMilliseconds / 1000)),
        Change.ChangeOneofCase.StartDaemon => new ServiceChange.StartDaemon(ServiceTranslation.FromMessage(message.StartDaemon)),
        Change.ChangeOneofCase.StopDaemon => new ServiceChange.StopDaemon(message.StopDaemon.Master),
        _ => throw new InvalidDataException("a change that this director does not know: the program is newer; nothing was done"),
    };

    public static ListServicesReply ToReply(TableContents contents)
    {
        ListServicesReply reply = new() { Timeouts = ServiceTranslation.ToMessage(contents.Timeouts), ConnectionCapacity = contents.Capacity };
        reply.Services.AddRange(contents.Services.Select(ToMessage));
        reply.Daemons.AddRange(contents.Daemons.Select(ServiceTranslation.ToMessage));
        return reply;
    }

    public static TableContents FromReply(ListServicesReply reply) => new(
        [.. reply.Services.Select(FromMessage)], ServiceTranslation.FromMessage(reply.Timeouts), [.. reply.Daemons.Select(ServiceTranslation.FromMessage)],
        (int)reply.ConnectionCapacity);

    private static ServerChange Server(ServiceKey service, RealServerConfig server) =>
        new() { Service = ServiceTranslation.ToMessage(service), Server = ServiceTranslation.ToMessage(server) };

    private static ServiceChange.DeleteServer Deletion(ServerChange message)
    {
        RealServerConfig server = ServiceTranslation.FromMessage(message.Server);
        return new ServiceChange.DeleteServer(ServiceTranslation.FromMessage(message.Service), server.Address, server.Port);
    }

    private static ListedService ToMessage(ServiceListing listing)
    {
        ListedService message = new() { Service = ServiceTranslation.ToMessage(listing.Service), Traffic = ToMessage(listing.Totals, listing.Rates) };
        message.Servers.AddRange(listing.Servers.Select(s => new ListedServer
        {
            Server = ServiceTranslation.ToMessage(s.Server),
            Active = s.Active,
            Inactive = s.Inactive,
            Persistent = s.Persistent,
            Traffic = ToMessage(s.Totals, s.Rates),
        }));
        return message;
    }

    private static ServiceListing FromMessage(ListedService message) => new(
        ServiceTranslation.FromMessage(message.Service), Totals(message.Traffic), Rates(message.Traffic),
        [.. message.Servers.Select(s => new ServerListing(ServiceTranslation.FromMessage(s.Server), s.Active, s.Inactive, s.Persistent, Totals(s.Traffic), Rates(s.Traffic)))]);

    private static Traffic ToMessage(TrafficTotals totals, TrafficRates rates) => new()
    {
        Connections = totals.Connections,
        InPackets = totals.InPackets,
        OutPackets = totals.OutPackets,
        InBytes = totals.InBytes,
        OutBytes = totals.OutBytes,
        ConnectionsPerSecond = rates.Connections,
        InPacketsPerSecond = rates.InPackets,
        OutPacketsPerSecond = rates.OutPackets,
        InBytesPerSecond = rates.InBytes,
        OutBytesPerSecond = rates.OutBytes,
    };

    private static TrafficTotals Totals(Traffic t) => new(t.Connections, t.InPackets, t.OutPackets, t.InBytes, t.OutBytes);

    private static TrafficRates Rates(Traffic t) =>
        new(t.ConnectionsPerSecond, t.InPacketsPerSecond, t.OutPacketsPerSecond, t.InBytesPerSecond, t.OutBytesPerSecond);
}
