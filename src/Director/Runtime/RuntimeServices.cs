using HaLvs.Director.Commands;
using HaLvs.Director.Configuration;
using HaLvs.Director.Loops;
using HaLvs.Director.Reports;
using HaLvs.Forwarder;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Runtime;

/// <summary>
/// Owns the service table as it runs: the file's table and, over it, what operators changed with ipvsadm and halvs drain. Every change is one
/// transaction, is on disk before it is acknowledged, and goes to the standby at once (docs/adr/0016). Any thread. Two locks, always in this order:
/// <see cref="_writing"/> keeps all who change the table apart (operators, a reload, the peer's word, drains that end), also while they wait for
/// the disk; the data plane's gate within it keeps packets out for as long as the core is changed. <see cref="_now"/> is written under both.
/// </summary>
public sealed partial class RuntimeServices : IRuntimeOperations
{
    private static readonly TimeSpan PeerPatience = TimeSpan.FromSeconds(1);

    private readonly DataPlane _dataPlane;
    private readonly TableKeeper _keeper;
    private readonly TableDraft _draft;
    private readonly EventLog _events;
    private readonly TimeProvider _time;
    private readonly PeerVersion _peer;
    private readonly Lock _writing = new();
    private volatile RuntimeSnapshot _now;

    /// <summary>Applies the file's services, and what was changed at run time before this start.</summary>
    /// <exception cref="DirectorStartException">The state on disk cannot be read.</exception>
    public RuntimeServices(DirectorModel model, DataPlane dataPlane, string stateDirectory, IMachineNetwork network, EventLog events, TimeProvider time)
    {
        (_dataPlane, _events, _time) = (dataPlane, events, time);
        RuntimeStore store = new(stateDirectory);
        _keeper = new TableKeeper(store, events, time);
        _draft = new TableDraft(network);
        _peer = new PeerVersion(time);
        RuntimeSnapshot start = store.Read() ?? new RuntimeSnapshot(0, 0, model.Services, model.Timeouts) { FileServices = model.Services, FileTimeouts = model.Timeouts };
        RuntimeSnapshot derived = Derived(start, model);
        _now = derived with { Drains = [] };
        _highestVersion = derived.Version;
        lock (_writing)
        {
            Swap(_now, derived, core => core.ApplyServices(derived.Services), mustServe: false);
        }

        if (derived.Drifts)
        {
            _events.Add(EventSeverity.Notice, "services", $"run-time changes from before this start are in force: {string.Join("; ", DriftLines)}");
        }
    }

    /// <summary>Null, or why this node takes no changes now. Set once, before the first operator can ask.</summary>
    public Func<string?> Refusal { get; set; } = () => null;

    /// <summary>
    /// Whether this node forwards; asked under the gate, where it cannot change: a change is made before a handover begins, and goes with it, or not at all. Set once.
    /// </summary>
    public Func<bool> Serves { get; set; } = () => true;

    /// <summary>Wakes sync after a change; set once.</summary>
    public Action Changed { get; set; } = () => { };

    /// <summary>The epoch in which this node serves; set once.</summary>
    public Func<ulong> Epoch { get; set; } = () => 0;

    /// <summary>True while a peer pulls our stream: then a change waits for it, within <see cref="PeerPatience"/>.</summary>
    public Func<bool> PeerListens { get; set; } = () => false;

    public IReadOnlyList<string> DriftLines => Drift.Lines(_now, DataPlane.Now);

    /// <summary>Null, or why the table in force is not on this node's disk.</summary>
    public string? Trouble => _keeper.Trouble;

    public async Task<ChangeReport> ChangeAsync(IReadOnlyList<ServiceChange> changes, string who, CancellationToken cancel)
    {
        RequireServing();
        IReadOnlyList<ChangeOutcome> outcomes = Change(changes, who, after => after);
        return new ChangeReport(outcomes, await ToldAsync(cancel));
    }

    public TableContents Contents()
    {
        lock (_dataPlane.Gate)
        {
            ForwardingCore core = _dataPlane.Core;
            return new TableContents(core.ListServices(), core.Options.Timeouts, _now.Daemons, core.Options.Capacity);
        }
    }

    /// <summary>A changed file. Null: done; otherwise why not, with every difference.</summary>
    /// <exception cref="OperatorException">It could not be carried out or not be kept; nothing was changed.</exception>
    public string? Reload(DirectorModel model, DriftChoice choice, string who)
    {
        lock (_writing)
        {
            RuntimeSnapshot before = _now;
            RuntimeSnapshot next = Derived(before, model);
            if (next.Drifts && choice == DriftChoice.Refuse)
            {
                return "run time and file differ; nothing was reloaded:\n" + string.Join('\n', Drift.Lines(next, DataPlane.Now))
                    + "\nhalvs reload --keep-runtime applies the file but for these; halvs reload --use-file gives these up";
            }

            next = choice == DriftChoice.UseFile ? next with { Services = model.Services, Timeouts = model.Timeouts, Notes = [], Drains = [] } : next;

            // A standby's file is its own affair: the versions are those of the node that serves.
            Commit(before, Refusal() is null ? Numbered(next) : next, core => core.ApplyServices(next.Services), mustServe: false);
            ReportChange(before, next, who);
        }

        Changed();
        return null;
    }

    private void RequireServing()
    {
        if (Refusal() is { } refusal)
        {
            throw new OperatorException(refusal);
        }
    }

    /// <summary>Wakes sync and waits for the standby. Null: it has confirmed the table as it is now, on its disk too, or there is none to wait for.</summary>
    private async Task<string?> ToldAsync(CancellationToken cancel)
    {
        ulong version = Version;
        Changed();
        if (!PeerListens() || await _peer.ReachesAsync(version, PeerPatience, cancel))
        {
            return null;
        }

        string warning = $"the standby has not confirmed run-time change {version} within {PeerPatience.TotalSeconds:0} s: a failover now may lose it; see halvs events there";
        _events.Add(EventSeverity.Warning, "services", warning);
        return warning;
    }

    /// <summary>The running table on a new file: what was changed at run time stays.</summary>
    private static RuntimeSnapshot Derived(RuntimeSnapshot running, DirectorModel model)
    {
        var services = TableMerge.Of(running.FileServices, model.Services, running.Services);
        return running with
        {
            Services = services,
            Timeouts = running.FileTimeouts == running.Timeouts ? model.Timeouts : running.Timeouts,
            FileServices = model.Services,
            FileTimeouts = model.Timeouts,
            Drains = LiveDrains.Of(running.Drains, services),
        };
    }
}
