using HaLvs.Director.Configuration;
using HaLvs.Director.Control;
using HaLvs.Director.Effects;
using HaLvs.Director.Loops;
using HaLvs.Director.Reports;
using HaLvs.Director.Runtime;
using HaLvs.Director.Sync;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Explaining;
using HaLvs.Heartbeat;

namespace HaLvs.Director;

/// <summary>What operators can ask of this running director. Every wish becomes an input of the role machine; nothing here decides.</summary>
public sealed class DirectorNode(
    string name, DirectorModel model, NodeLoop loop, DataPlane dataPlane, ForwardLoop forwarding, Func<string> offload, SyncEngine? sync, PeerFence? fence,
    InterfaceWatch interfaces, RuntimeServices runtime, EventLog events, TimeProvider time) : IDirectorOperations
{
    private const int ListingBatch = 512;

    private static readonly TimeSpan FenceDeadline = TimeSpan.FromMinutes(2);

    private readonly long _started = time.GetTimestamp();
    private DirectorModel _model = model;

    public DirectorStatus Status()
    {
        var node = loop.StatusAsync().GetAwaiter().GetResult();
        var status = new DirectorStatus
        {
            Node = node,
            Health = "",
            Fence = fence?.DeviceStatus() ?? [],
            VirtualAddresses = [.. _model.Network.VirtualAddresses.Select(a => a.ToString())],
            Gateway = _model.Network.GatewayText,
            ConnectionCapacity = _model.Network.ConnectionCapacity,
            Offload = offload(),
            Interfaces = interfaces.Carriers(),
            Sync = sync?.Status,
            Uptime = time.GetElapsedTime(_started),
            Version = ThisProgram.Version,
            ConfigurationHash = _model.Hash,
        };
        status = WithDataPlane(status) with { RuntimeTrouble = runtime.Trouble };
        var (health, reasons) = HealthReport.Of(status);
        return status with { Health = health, Reasons = reasons };
    }

    private DirectorStatus WithDataPlane(DirectorStatus status)
    {
        lock (dataPlane.Gate)
        {
            var core = dataPlane.Core;
            var drops = core.Counters.Drops().Select(d => (d.Reason.ToString(), d.Count)).ToList();
            if (forwarding.ExpiredLeaseDrops > 0)
                drops.Add(("ExpiredLease", forwarding.ExpiredLeaseDrops));
            if (loop.FramesDropped > 0)
                drops.Add(("HeartbeatFlood", loop.FramesDropped));
            return status with
            {
                Connections = core.ConnectionCount,
                Services = core.SnapshotServices(),
                Drops = [.. drops],
                Counters = CoreCounters.Of(core.Counters),
                TableFull = core.Counters.TableFullSince != 0,
            };
        }
    }

    public IAsyncEnumerable<DirectorEvent> EventsAsync(bool follow, CancellationToken cancel) => events.ReadAsync(follow, cancel);

    public async Task<OperationOutcome> SwitchoverAsync(string? to, IProgress<string> progress, CancellationToken cancel)
    {
        var now = await loop.StatusAsync();
        if (now.Peer is null)
            return new OperationOutcome(false, "this is a single director: there is no node to hand over to");
        if (to is not null && to != now.Node && to != now.Peer.Name)
            return new OperationOutcome(false, $"no node is called {to}; the nodes are {now.Node} and {now.Peer.Name}");
        if (now.Active is not { } active)
            return new OperationOutcome(false, "no node serves at the moment: there is nothing to hand over");
        if (active == to)
            return new OperationOutcome(true, $"{to} serves already");
        return await new SwitchoverWatch(events, _ => loop.StatusAsync())
            .RunAsync(active, () => loop.Post(new NodeInput.OperatorSwitchover(to)), progress, cancel);
    }

    public async Task<OperationOutcome> FenceAsync(string node, IProgress<string> progress, CancellationToken cancel)
    {
        if (RefuseTarget(node) is { } refusal)
            return refusal;
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(FenceDeadline);
        return await fence!.FollowAsync(() => loop.Post(new NodeInput.OperatorFence(node)), progress, bounded.Token);
    }

    public Task<OperationOutcome> FenceTestAsync(string node, IProgress<string> progress, CancellationToken cancel) =>
        RefuseTarget(node) is { } refusal ? Task.FromResult(refusal) : fence!.TestAsync(progress, cancel);

    public Task<OperationOutcome> PowerOnAsync(string node, IProgress<string> progress, CancellationToken cancel) =>
        RefuseTarget(node) is { } refusal ? Task.FromResult(refusal) : fence!.PowerOnAsync(progress, cancel);

    public async Task<OperationOutcome> FenceConfirmAsync(string node, string operatorName, CancellationToken cancel)
    {
        var before = await loop.StatusAsync();
        if (before.Peer is null || node != before.Peer.Name)
            return new OperationOutcome(false, before.Peer is null ? "this is a single director: there is no peer" : $"{node} is not this node's peer; the peer is {before.Peer.Name}");
        if (before.Peer.Alive)
            return new OperationOutcome(false, $"{node} is heard on a heartbeat link: it is not off; nothing was recorded");
        loop.Post(new NodeInput.OperatorConfirm(node, operatorName));
        var after = await loop.StatusAsync();
        return after.Peer is { ConfirmedOff: true } || after.Blocked is null
            ? new OperationOutcome(true, $"recorded: {operatorName} vouches that {node} is off")
            : new OperationOutcome(false, after.Blocked);
    }

    public IRuntimeOperations Runtime => runtime;

    public Task<OperationOutcome> ReloadAsync(DriftChoice drift, string who, CancellationToken cancel)
    {
        var loaded = ConfigurationReader.Load(_model.SourcePath);
        if (loaded.Model is not { } next)
            return Task.FromResult(Refuse("the file has errors; the running configuration stays:\n" + loaded.ErrorText));
        var change = ModelChange.Between(_model, next);
        if (!change.IsAllowed)
            return Task.FromResult(Refuse(change.Text));
        var givenUp = drift == DriftChoice.UseFile ? runtime.DriftLines : [];
        try
        {
            if (runtime.Reload(next, drift, who) is { } differences)
                return Task.FromResult(Refuse(differences));
        }
        catch (Commands.OperatorException refusal)
        {
            return Task.FromResult(Refuse(refusal.Message));
        }
        lock (dataPlane.Gate)
        {
            var present = dataPlane.Core.Options;
            dataPlane.Core.Configure(CoreOptions.Of(next, name) with { Capacity = present.Capacity, Seed = present.Seed, Timeouts = present.Timeouts });
        }
        _model = next;
        loop.Post(new NodeInput.ConfigurationChanged(next.Hash));
        if (sync is not null)
            sync.ConfigurationHash = next.Hash;
        events.Add(EventSeverity.Notice, "configuration", $"reloaded: {change.Text.Replace("\n", "; ", StringComparison.Ordinal)}");
        return Task.FromResult(new OperationOutcome(true, string.Join(
            '\n', [change.Text, .. givenUp.Select(l => "run time given up: " + l), .. runtime.DriftLines.Select(l => "run time stays: " + l)])));
    }

    /// <summary>Null, or why run-time changes are not made here: they belong to the node that serves, whose table is the pair's.</summary>
    public string? RefusalOfChanges()
    {
        var now = loop.StatusAsync().GetAwaiter().GetResult();
        if (now.Active == name)
            return null;
        return now.Active is { } active
            ? $"{name} does not serve: {active} does; make the change there, it comes here by itself"
            : $"{name} does not serve, and no node does: changes wait until one serves; see halvs status";
    }

    public IEnumerable<ConnectionRecord> Connections()
    {
        var batch = new ConnectionRecord[ListingBatch];
        var cursor = 0;
        while (cursor >= 0)
        {
            int count;
            lock (dataPlane.Gate)
                count = dataPlane.Core.CopyConnections(ref cursor, batch, DataPlane.Now);
            for (var i = 0; i < count; i++)
                yield return batch[i];
        }
    }

    public Explanation Explain(ExplainQuery query)
    {
        lock (dataPlane.Gate)
            return dataPlane.Core.Explain(query, DataPlane.Now);
    }

    private OperationOutcome Refuse(string text)
    {
        events.Add(EventSeverity.Warning, "configuration", text.Replace("\n", "; ", StringComparison.Ordinal));
        return new OperationOutcome(false, text);
    }

    private OperationOutcome? RefuseTarget(string node)
    {
        if (fence is null)
            return new OperationOutcome(false, _model.PeerOf(name) is { } peer
                ? $"{peer.Name} has no fence device in the configuration; make sure that it is off, then: halvs fence {peer.Name} --confirm"
                : "this is a single director: there is no peer to fence");
        if (node == name)
            return new OperationOutcome(false, $"{node} is this node itself; a node never fences itself: ask its peer {fence.Target}");
        return node == fence.Target ? null : new OperationOutcome(false, $"no node is called {node}; the peer is {fence.Target}");
    }
}
