using HaLvs.Forwarder;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Runtime;

/// <summary>What one change does to a forwarding core. Asks nothing of the machine, so it may be called under the data plane's gate.</summary>
internal static class CoreChange
{
    /// <summary>Sync daemons mean nothing to a core: done.</summary>
    public static ServiceOutcome Apply(ForwardingCore core, ServiceChange change, long now) => change switch
    {
        ServiceChange.AddService c => core.AddService(c.Service),
        ServiceChange.EditService c => core.EditService(Kept(core, c.Service)),
        ServiceChange.DeleteService c => core.DeleteService(c.Service, now),
        ServiceChange.Clear => Clear(core, now),
        ServiceChange.AddServer c => core.AddServer(c.Service, c.Server),
        ServiceChange.EditServer c => core.EditServer(c.Service, c.Server),
        ServiceChange.DeleteServer c => core.DeleteServer(c.Service, c.Address, c.Port, now),
        ServiceChange.Zero c => core.ZeroCounters(c.Service),
        ServiceChange.SetTimeouts c => SetTimeouts(core, c),
        ServiceChange.StartDaemon or ServiceChange.StopDaemon => ServiceOutcome.Done,
        _ => ServiceOutcome.Invalid,
    };

    /// <summary>ipvsadm knows nothing of a service's helper, slow start and loss policy: an edit keeps them.</summary>
    private static VirtualServiceConfig Kept(ForwardingCore core, VirtualServiceConfig edited) => core.FindService(edited.Key) is { } present
        ? edited with { Helper = present.Helper, SlowStart = present.SlowStart, OnServerLoss = present.OnServerLoss }
        : edited;

    private static ServiceOutcome Clear(ForwardingCore core, long now)
    {
        core.ClearServices(now);
        return ServiceOutcome.Done;
    }

    private static ServiceOutcome SetTimeouts(ForwardingCore core, ServiceChange.SetTimeouts change)
    {
        ConnectionTimeouts present = core.Options.Timeouts;
        core.Configure(core.Options with
        {
            Timeouts = present with
            {
                Tcp = change.Tcp == 0 ? present.Tcp : TimeSpan.FromSeconds(change.Tcp),
                TcpFin = change.TcpFin == 0 ? present.TcpFin : TimeSpan.FromSeconds(change.TcpFin),
                Udp = change.Udp == 0 ? present.Udp : TimeSpan.FromSeconds(change.Udp),
            },
        });
        return ServiceOutcome.Done;
    }
}
