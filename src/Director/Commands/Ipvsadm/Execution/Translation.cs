using HaLvs.Director.Runtime;

namespace HaLvs.Director.Commands.Ipvsadm.Execution;

/// <summary>From a request to the change that it asks for, and from the change's outcome to ipvsadm's words.</summary>
internal static class Translation
{
    /// <summary>Null: the request only reads.</summary>
    public static ServiceChange? ChangeOf(IpvsadmRequest request) => request.Kind switch
    {
        CommandKind.AddService => new ServiceChange.AddService(request.Settings!),
        CommandKind.EditService => new ServiceChange.EditService(request.Settings!),
        CommandKind.DeleteService => new ServiceChange.DeleteService(request.Service!.Value),
        CommandKind.Clear => new ServiceChange.Clear(),
        CommandKind.AddServer => new ServiceChange.AddServer(request.Service!.Value, request.Server!),
        CommandKind.EditServer => new ServiceChange.EditServer(request.Service!.Value, request.Server!),
        CommandKind.DeleteServer => new ServiceChange.DeleteServer(request.Service!.Value, request.Server!.Address, request.Server.Port),
        CommandKind.Zero => new ServiceChange.Zero(request.Service),
        CommandKind.SetTimeouts => new ServiceChange.SetTimeouts(request.Timeouts.Tcp, request.Timeouts.TcpFin, request.Timeouts.Udp),
        CommandKind.StartDaemon => new ServiceChange.StartDaemon(DaemonOf(request.Daemon!)),
        CommandKind.StopDaemon => new ServiceChange.StopDaemon(request.Daemon!.Master),
        _ => null,
    };

    /// <summary>The line on stderr; null when all went well.</summary>
    public static string? Complaint(ServiceChange change, ChangeOutcome outcome) => outcome switch
    {
        ChangeOutcome.Done => null,
        ChangeOutcome.ServiceExists => "Service already exists",
        ChangeOutcome.NoSuchService => IsAboutServer(change) ? "Service not defined" : "No such service",
        ChangeOutcome.ServerExists => "Destination already exists",
        ChangeOutcome.NoSuchServer => "No such destination",
        ChangeOutcome.UnknownScheduler => "Scheduler or persistence engine not found",
        ChangeOutcome.OutOfRange => "Numerical result out of range",
        ChangeOutcome.DaemonRuns => "Daemon has already run",
        ChangeOutcome.NoDaemon => "No daemon is running",
        ChangeOutcome.NoSuchDevice => "No such device",
        _ => "Invalid operation.  Possibly wrong module version, address not unicast, ...",
    };

    private static bool IsAboutServer(ServiceChange change) =>
        change is ServiceChange.AddServer or ServiceChange.EditServer or ServiceChange.DeleteServer;

    private static SyncDaemon DaemonOf(DaemonRequest daemon) =>
        new(daemon.Master, daemon.Interface, daemon.SyncId, daemon.MaximumLength, daemon.Group, daemon.Port, daemon.Ttl);
}
