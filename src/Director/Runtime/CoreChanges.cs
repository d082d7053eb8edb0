using HaLvs.Forwarder;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Runtime;

/// <summary>
/// Carries changes out on a forwarding core, and keeps the sync daemons that only stand in listings. Not thread-safe: the caller holds the data
/// plane's gate for a whole transaction, so that no packet meets a state in between.
/// </summary>
internal sealed class CoreChanges(ForwardingCore core, IMachineNetwork network)
{
    private readonly List<SyncDaemon> _daemons = [];

    public IReadOnlyList<SyncDaemon> Daemons => _daemons;

    public void UseDaemons(IEnumerable<SyncDaemon> daemons)
    {
        _daemons.Clear();
        _daemons.AddRange(daemons);
    }

    public ChangeOutcome Apply(ServiceChange change, long now) => change switch
    {
        ServiceChange.AddService c => Of(core.AddService(c.Service)),
        ServiceChange.EditService c => Of(core.EditService(Kept(c.Service))),
        ServiceChange.DeleteService c => Of(core.DeleteService(c.Service, now)),
        ServiceChange.Clear => Clear(now),
        ServiceChange.AddServer c => AddServer(c.Service, c.Server),
        ServiceChange.EditServer c => Of(core.EditServer(c.Service, c.Server)),
        ServiceChange.DeleteServer c => Of(core.DeleteServer(c.Service, c.Address, c.Port, now)),
        ServiceChange.Zero c => Of(core.ZeroCounters(c.Service)),
        ServiceChange.SetTimeouts c => SetTimeouts(c),
        ServiceChange.StartDaemon c => Start(c.Daemon),
        ServiceChange.StopDaemon c => _daemons.RemoveAll(d => d.Master == c.Master) > 0 ? ChangeOutcome.Done : ChangeOutcome.NoDaemon,
        _ => ChangeOutcome.Invalid,
    };

    private static ChangeOutcome Of(ServiceOutcome outcome) => (ChangeOutcome)outcome;

    /// <summary>ipvsadm knows nothing of a service's helper, slow start and loss policy: an edit keeps them.</summary>
    private VirtualServiceConfig Kept(VirtualServiceConfig edited)
    {
        VirtualServiceConfig? present = core.ExportServices().FirstOrDefault(s => s.Key == edited.Key);
        return present is null ? edited : edited with { Helper = present.Helper, SlowStart = present.SlowStart, OnServerLoss = present.OnServerLoss };
    }

    private ChangeOutcome AddServer(ServiceKey service, RealServerConfig server)
    {
        if (!network.IsBroadcast(server.Address))
        {
            return Of(core.AddServer(service, server));
        }

        return core.ExportServices().Any(s => s.Key == service) ? ChangeOutcome.Invalid : ChangeOutcome.NoSuchService;
    }

    private ChangeOutcome Clear(long now)
    {
        core.ClearServices(now);
        return ChangeOutcome.Done;
    }

    private ChangeOutcome SetTimeouts(ServiceChange.SetTimeouts change)
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
        return ChangeOutcome.Done;
    }

    private ChangeOutcome Start(SyncDaemon daemon)
    {
        if (network.MtuOf(daemon.Interface) is not { } mtu)
        {
            return ChangeOutcome.NoSuchDevice;
        }

        if (_daemons.Any(d => d.Master == daemon.Master))
        {
            return ChangeOutcome.DaemonRuns;
        }

        _daemons.Add(daemon.WithDefaults(mtu));
        return ChangeOutcome.Done;
    }
}
