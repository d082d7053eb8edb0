using HaLvs.Director.Commands.Ipvsadm.Output;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Commands.Ipvsadm;

/// <summary>One legal command line of ipvsadm. Which members are set follows from <see cref="Kind"/>.</summary>
internal sealed record IpvsadmRequest(CommandKind Kind)
{
    /// <summary>The service that is named; null: none is, or all are meant.</summary>
    public ServiceKey? Service { get; init; }

    /// <summary>Settings of a service to add or edit, without servers.</summary>
    public VirtualServiceConfig? Settings { get; init; }

    /// <summary>The server to add, edit or delete.</summary>
    public RealServerConfig? Server { get; init; }

    /// <summary>Seconds for TCP, TCP after FIN and UDP; 0 keeps the present one.</summary>
    public (int Tcp, int TcpFin, int Udp) Timeouts { get; init; }

    public DaemonRequest? Daemon { get; init; }

    public ListingFormat Format { get; init; }

    /// <summary>What a listing lists instead of services: connections, time-outs, daemons.</summary>
    public CommandOption? Instead { get; init; }
}
