using HaLvs.Forwarder;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Runtime;

/// <summary>
/// Carries the changes of one transaction out on a forwarding core with all that the kernel checks, also against the machine's own network, and keeps
/// the sync daemons that only stand in listings. It may wait for the kernel: never call it under the data plane's gate.
/// </summary>
internal sealed class CoreChanges(ForwardingCore core, IMachineNetwork network, IEnumerable<SyncDaemon>? daemons = null)
{
    private readonly List<SyncDaemon> _daemons = [.. daemons ?? []];
    private IReadOnlySet<Ip>? _broadcasts;

    public IReadOnlyList<SyncDaemon> Daemons => _daemons;

    public ChangeOutcome Apply(ServiceChange change, long now) => change switch
    {
        ServiceChange.AddServer c when IsBroadcast(c.Server.Address) => Refused(c),
        ServiceChange.StartDaemon c => Start(c.Daemon),
        ServiceChange.StopDaemon c => _daemons.RemoveAll(d => d.Master == c.Master) > 0 ? ChangeOutcome.Done : ChangeOutcome.NoDaemon,
        _ => (ChangeOutcome)CoreChange.Apply(core, change, now),
    };

    private bool IsBroadcast(Ip address) => address.IsV4 && (_broadcasts ??= network.Broadcasts()).Contains(address);

    /// <summary>In the order of ip_vs_add_dest: the service, the thresholds, the address.</summary>
    private ChangeOutcome Refused(ServiceChange.AddServer change)
    {
        if (core.FindService(change.Service) is null)
        {
            return ChangeOutcome.NoSuchService;
        }

        return change.Server.LowerThreshold > change.Server.UpperThreshold ? ChangeOutcome.OutOfRange : ChangeOutcome.Invalid;
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
