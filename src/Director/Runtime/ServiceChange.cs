using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Runtime;

/// <summary>One change of the service table, the time-outs or the sync daemons, as an operator asks for it.</summary>
public abstract record ServiceChange
{
    private ServiceChange()
    {
    }

    /// <summary>A new service; its server list is ignored.</summary>
    public sealed record AddService(VirtualServiceConfig Service) : ServiceChange;

    /// <summary>All settings of a service; its server list is ignored.</summary>
    public sealed record EditService(VirtualServiceConfig Service) : ServiceChange;

    public sealed record DeleteService(ServiceKey Service) : ServiceChange;

    /// <summary>Every service goes.</summary>
    public sealed record Clear : ServiceChange;

    public sealed record AddServer(ServiceKey Service, RealServerConfig Server) : ServiceChange;

    public sealed record EditServer(ServiceKey Service, RealServerConfig Server) : ServiceChange;

    public sealed record DeleteServer(ServiceKey Service, Ip Address, ushort Port) : ServiceChange;

    /// <summary>Counters begin again at 0; null: of all services.</summary>
    public sealed record Zero(ServiceKey? Service) : ServiceChange;

    /// <summary>Seconds; 0 keeps what is.</summary>
    public sealed record SetTimeouts(int Tcp, int TcpFin, int Udp) : ServiceChange;

    public sealed record StartDaemon(SyncDaemon Daemon) : ServiceChange;

    public sealed record StopDaemon(bool Master) : ServiceChange;
}
