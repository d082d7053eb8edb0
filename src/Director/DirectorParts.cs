using HaLvs.Director.Commands;
using HaLvs.Director.Configuration;
using HaLvs.Director.Effects;
using HaLvs.Director.Loops;
using HaLvs.Director.Loops.Links;
using HaLvs.Director.Offload;
using HaLvs.Director.Reports;
using HaLvs.Director.Runtime;
using HaLvs.Director.State;
using HaLvs.Director.Sync;
using HaLvs.Forwarder;
using HaLvs.Heartbeat;
using HaLvs.Linux;

namespace HaLvs.Director;

/// <summary>Makes every part of a director, in the order in which they need each other. Owns them all; takes them down in reverse.</summary>
internal sealed class DirectorParts : IAsyncDisposable
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromMilliseconds(80);

    private readonly EventLog _events;
    private readonly EpochStore _epochs;
    private readonly AddressTakeover _addresses;
    private readonly TunDevice _tun;
    private readonly TunDevice? _syns;
    private readonly ForwardLoop _forwarding;
    private readonly KernelOffload? _offload;
    private readonly Inbox<NodeInput> _inbox = new();
    private readonly IReadOnlyList<IHeartbeatLink> _links;
    private readonly SyncEngine? _sync;
    private readonly PeerFence? _fence;
    private readonly DataPlaneWatch _watch;
    private readonly DataPlaneProbe _probe;
    private readonly EffectLoop _queue;
    private readonly NodeEffects _effects;
    private readonly NodeLoop _loop;
    private readonly InterfaceWatch _interfaces;
    private readonly PingWatch _pings;
    private readonly TableWatch _table;
    private readonly RuntimeServices _runtime;
    private readonly CancellationTokenSource _ending = new();
    private bool _disposed;
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DirectorParts(RunOptions options, DirectorModel model, EventLog events)
    {
        _events = events;
        _epochs = new EpochStore(options.StateDirectory);
        _addresses = new AddressTakeover(model.Network, DirectorHost.TunName);
        _queue = new EffectLoop(Broken);
        _tun = TunDevice.Open(DirectorHost.TunName);
        _syns = SeparateSyns(_tun, events);
        var dataPlane = new DataPlane(new ForwardingCore(CoreOptions.Of(model, options.Node)));
        (_offload, var offloadText) = OffloadParts.Make(model, dataPlane, DirectorHost.TunName, events);
        var runtime = new RuntimeServices(model, dataPlane, options.StateDirectory, new KernelNetwork(), events, TimeProvider.System);
        var identity = new NodeIdentity(options.Node, model, _epochs);
        _sync = SyncParts.Make(identity, _addresses.OwnAddresses(), dataPlane, runtime, _inbox.Post, events);
        _forwarding = new ForwardLoop(_tun, _syns, dataPlane, _offload, () => _sync?.NotifyChanges(), Broken);
        _links = LinkParts.Make(identity, _inbox);
        var machine = identity.MakeMachine();
        _fence = identity.MakeFence(machine, _inbox, events);
        _probe = new DataPlaneProbe(model.Network.External, model.Network.VirtualAddresses, ProbeTimeout);
        _watch = new DataPlaneWatch(_probe.Probe, _inbox.Post);
        _effects = new NodeEffects(_links, _forwarding, _addresses, _sync, _fence, _watch, _epochs, _queue, events, _inbox.Post, () => _ended.TrySetResult(0));
        _loop = new NodeLoop(machine, _effects, _inbox, model.Heartbeat.Interval, Broken);
        _interfaces = new InterfaceWatch([model.Network.External, model.Network.Internal], events);
        _table = new TableWatch(() => dataPlane.Core.Counters.TableFullSince != 0, model.Network.ConnectionCapacity, events);
        _pings = new PingWatch(model.Heartbeat.Ping, _inbox.Post);
        Node = new DirectorNode(options.Node, model, _loop, dataPlane, _forwarding, new OffloadReport(_offload, offloadText, dataPlane).ToString, _sync, _fence, _interfaces, runtime, events, TimeProvider.System);
        _runtime = runtime;
        runtime.Refusal = Node.RefusalOfChanges;
        runtime.Serves = () => _forwarding.Mode == ForwardingMode.Forward;
        runtime.Epoch = () => _epochs.ReadEpoch();
        runtime.Changed = () => _sync?.NotifyChanges();
        runtime.PeerListens = () => _sync?.Status is { Connected: true };
    }

    public DirectorNode Node { get; }

    /// <summary>The kernel's side first: leftovers of a former life go, addresses of others are found, sysctls are set.</summary>
    public void Start()
    {
        _addresses.Prepare();
        var locked = RealTimeScheduling.LockMemory();
        if (!locked.Permitted)
            _events.Add(EventSeverity.Info, "start", $"memory is not locked: {locked.Detail}");
        _queue.Start();
        _offload?.Start();
        _forwarding.Start();
        _watch.Start();
        _sync?.Start();
        foreach (var link in _links)
            link.Start();
        _loop.Start();
        Run(_interfaces.RunAsync(_ending.Token), "interface watch");
        Run(_pings.RunAsync(_ending.Token), "ping watch");
        Run(_table.RunAsync(_ending.Token), "table watch");
        Run(_runtime.WatchAsync(_ending.Token), "run-time services");
        if (_fence is not null)
            Run(_fence.WatchDevicesAsync(_ending.Token), "fence device watch");
    }

    /// <summary>Waits for the wish to stop, then for the machine's word that it may; cut short after <paramref name="deadline"/>.</summary>
    public async Task<int> RunUntilEndedAsync(TimeSpan deadline, CancellationToken stop)
    {
        await using var wish = stop.Register(() => _inbox.Post(new NodeInput.Stop()));
        var wished = Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        await Task.WhenAny(_ended.Task, wished);
        try
        {
            return await _ended.Task.WaitAsync(deadline, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            _events.Add(EventSeverity.Warning, "stop", $"no orderly end within {deadline.TotalSeconds:0} s: leaving; the peer decides by itself");
            return 1;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _ending.CancelAsync();
        _effects.Abandon();
        _loop.Dispose();
        foreach (var link in _links)
            link.Dispose();
        _fence?.Dispose();
        _watch.Dispose();
        _probe.Dispose();
        _queue.Dispose();
        if (_sync is not null)
            await _sync.DisposeAsync();
        _forwarding.Dispose();
        _offload?.Dispose();
        _addresses.Dispose();
        _syns?.Dispose();
        _tun.Dispose();
        _epochs.Dispose();
        _ending.Dispose();
    }

    /// <summary>The machine threw: a promise did not hold. Nothing is forwarded from here on, and the process ends.</summary>
    private void Broken(Exception e)
    {
        _effects.Abandon();
        _events.Add(EventSeverity.Alarm, "broken", $"a promise did not hold, this director stops forwarding and ends: {e}");
        _ended.TrySetResult(1);
    }

    private static TunDevice? SeparateSyns(TunDevice tun, EventLog events)
    {
        try
        {
            return tun.SeparateSyns();
        }
        catch (LinuxException refused)
        {
            events.Add(EventSeverity.Notice, "start", $"SYNs share the queue of established connections, which a SYN flood can slow down: {refused.Message}");
            return null;
        }
    }

    private void Run(Task task, string name) => _ = task.ContinueWith(
        t => _events.Add(EventSeverity.Alarm, "broken", $"{name} ended: {t.Exception?.GetBaseException().Message}"),
        CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
