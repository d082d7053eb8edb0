using HaLvs.Director.Commands;
using HaLvs.Director.Configuration;
using HaLvs.Director.Loops;
using HaLvs.Director.Reports;
using HaLvs.Heartbeat;
using HaLvs.Linux;

namespace HaLvs.Director.Runtime;

/// <summary>
/// Owns the service table as it runs: the file's table and, over it, what operators changed with ipvsadm. Every change is one transaction under the
/// data plane's gate, is on disk before it is acknowledged, and goes to the standby at once (docs/adr/0016). Any thread; <see cref="_writing"/> keeps
/// transactions apart, the gate keeps packets out.
/// </summary>
public sealed partial class RuntimeServices : IRuntimeOperations
{
    private static readonly TimeSpan PeerPatience = TimeSpan.FromSeconds(1);

    private readonly DataPlane _dataPlane;
    private readonly RuntimeStore _store;
    private readonly EventLog _events;
    private readonly TimeProvider _time;
    private readonly CoreChanges _changes;
    private readonly PeerVersion _peer;
    private readonly Lock _writing = new();
    private volatile RuntimeSnapshot _now;

    /// <summary>Applies the file's services, and what was changed at run time before this start.</summary>
    /// <exception cref="DirectorStartException">The state on disk cannot be read.</exception>
    public RuntimeServices(DirectorModel model, DataPlane dataPlane, string stateDirectory, IMachineNetwork network, EventLog events, TimeProvider time)
    {
        (_dataPlane, _events, _time) = (dataPlane, events, time);
        _store = new RuntimeStore(stateDirectory);
        _changes = new CoreChanges(dataPlane.Core, network);
        _peer = new PeerVersion(time);
        RuntimeSnapshot start = _store.Read() ?? new RuntimeSnapshot(0, 0, model.Services, model.Timeouts) { FileServices = model.Services, FileTimeouts = model.Timeouts };
        _now = Derived(start, model);
        Run(_now);
        if (_now.Drifts)
        {
            _events.Add(EventSeverity.Notice, "services", $"run-time changes from before this start are in force: {string.Join("; ", Drift.Lines(_now))}");
        }
    }

    /// <summary>Null, or why this node takes no changes now. Set once, before the first operator can ask.</summary>
    public Func<string?> Refusal { get; set; } = () => null;

    /// <summary>Wakes sync after a change; set once.</summary>
    public Action Changed { get; set; } = () => { };

    /// <summary>The epoch in which this node serves; set once.</summary>
    public Func<ulong> Epoch { get; set; } = () => 0;

    /// <summary>True while a peer pulls our stream: then a change waits for it, within <see cref="PeerPatience"/>.</summary>
    public Func<bool> PeerListens { get; set; } = () => false;

    public IReadOnlyList<string> DriftLines => Drift.Lines(_now);

    public async Task<IReadOnlyList<ChangeOutcome>> ChangeAsync(IReadOnlyList<ServiceChange> changes, string who, CancellationToken cancel)
    {
        if (Refusal() is { } refusal)
        {
            throw new OperatorException(refusal);
        }

        IReadOnlyList<ChangeOutcome> outcomes = Change(changes, who, out RuntimeSnapshot after);
        Changed();
        if (PeerListens() && !await _peer.ReachesAsync(after.Version, PeerPatience, cancel))
        {
            _events.Add(EventSeverity.Warning, "services", $"the standby has not confirmed run-time change {after.Version} within {PeerPatience.TotalSeconds:0} s");
        }

        return outcomes;
    }

    public TableContents Contents()
    {
        lock (_dataPlane.Gate)
        {
            return new TableContents(_dataPlane.Core.ListServices(), _dataPlane.Core.Options.Timeouts, [.. _changes.Daemons], _dataPlane.Core.Options.Capacity);
        }
    }

    /// <summary>A changed file. Null: done; otherwise why not, with every difference.</summary>
    public string? Reload(DirectorModel model, DriftChoice choice, string who)
    {
        lock (_writing)
        {
            RuntimeSnapshot before = _now;
            RuntimeSnapshot next = Derived(before, model);
            if (next.Drifts && choice == DriftChoice.Refuse)
            {
                return "run time and file differ; nothing was reloaded:\n" + string.Join('\n', Drift.Lines(next))
                    + "\nhalvs reload --keep-runtime applies the file but for these; halvs reload --use-file gives these up";
            }

            next = choice == DriftChoice.UseFile ? next with { Services = model.Services, Timeouts = model.Timeouts, Notes = [] } : next;

            // A standby's file is its own affair: the versions are those of the node that serves.
            Adopt(before, Refusal() is null ? next with { Version = before.Version + 1, Epoch = Epoch() } : next, who);
        }

        Changed();
        return null;
    }

    private List<ChangeOutcome> Change(IReadOnlyList<ServiceChange> changes, string who, out RuntimeSnapshot after)
    {
        lock (_writing)
        {
            RuntimeSnapshot before = _now;
            List<ChangeOutcome> outcomes = [];
            lock (_dataPlane.Gate)
            {
                outcomes.AddRange(changes.Select(c => _changes.Apply(c, DataPlane.Now)));
                after = before with { Services = _dataPlane.Core.ExportServices(), Timeouts = _dataPlane.Core.Options.Timeouts, Daemons = [.. _changes.Daemons] };
            }

            bool changed = !TableMerge.Same(before.Services, after.Services) || before.Timeouts != after.Timeouts || !before.Daemons.SequenceEqual(after.Daemons);
            if (changed)
            {
                after = (after with { Version = before.Version + 1, Epoch = Epoch() }).WithNotes(Drift.Notes(before, after, who, _time.GetUtcNow()));
                KeepOrUndo(before, after);
                ReportChange(before, after, who);
            }

            after = _now;
            return outcomes;
        }
    }

    private void Adopt(RuntimeSnapshot before, RuntimeSnapshot after, string who)
    {
        Run(after);
        KeepOrUndo(before, after);
        ReportChange(before, after, who);
    }

    /// <summary>What is not on disk does not run: it would be lost without a word.</summary>
    private void KeepOrUndo(RuntimeSnapshot before, RuntimeSnapshot after)
    {
        try
        {
            _store.Write(after);
            _now = after;
        }
        catch (LinuxException e)
        {
            Run(before);
            _events.Add(EventSeverity.Alarm, "services", $"a run-time change was undone because it cannot be kept: {e.Message}");
            throw new OperatorException($"nothing was changed: {e.Message}", e);
        }
    }

    private void Run(RuntimeSnapshot snapshot)
    {
        lock (_dataPlane.Gate)
        {
            _dataPlane.Core.ApplyServices(snapshot.Services);
            _dataPlane.Core.Configure(_dataPlane.Core.Options with { Timeouts = snapshot.Timeouts });
            _changes.UseDaemons(snapshot.Daemons);
        }
    }

    /// <summary>The running table on a new file: what was changed at run time stays.</summary>
    private static RuntimeSnapshot Derived(RuntimeSnapshot running, DirectorModel model) => running with
    {
        Services = TableMerge.Of(running.FileServices, model.Services, running.Services),
        Timeouts = running.FileTimeouts == running.Timeouts ? model.Timeouts : running.Timeouts,
        FileServices = model.Services,
        FileTimeouts = model.Timeouts,
    };

    private void ReportChange(RuntimeSnapshot before, RuntimeSnapshot after, string who)
    {
        string[] lines = [.. Drift.Notes(before, after, who, default).Select(n => n.Text)];
        if (lines.Length > 0)
        {
            _events.Add(EventSeverity.Notice, "services", $"{who}: {string.Join("; ", lines.Take(10))}{(lines.Length > 10 ? $"; and {lines.Length - 10} more" : "")}");
        }

        foreach (string warning in Unreachable.Between(before.Services, after.Services))
        {
            _events.Add(EventSeverity.Warning, "services", warning);
        }
    }
}
