using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Fragments;
using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Scheduling;
using HaLvs.Forwarder.Sending;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder;

/// <summary>
/// The one door into the forwarder: bytes and now in, bytes and a verdict out. Not thread-safe: whoever holds it calls it from one thread at a
/// time. Owns the service table, the connection table and its change log. <c>now</c> is monotonic milliseconds from any origin.
/// </summary>
public sealed partial class ForwardingCore
{
    /// <summary>Bytes before the IP header in a frame: struct virtio_net_hdr (include/uapi/linux/virtio_net.h).</summary>
    public const int VirtioHeaderBytes = 10;

    /// <summary>A frame buffer must be at least this long: header and the largest IP packet.</summary>
    public const int FrameBytes = VirtioHeaderBytes + 65_535;

    private readonly PendingFrames _pending = new();
    private readonly ServerRegistry _servers = new();
    private readonly SchedulerEnvironment _schedulers;
    private readonly ServiceTable _services;
    private readonly ConnectionTable _connections;
    private readonly RemoteConnections _remote;
    private readonly ServerRetirement _retirement;
    private readonly Draining _draining;
    private readonly PacketPipeline _pipeline;
    private readonly Defense _defense;
    private readonly ConnectionEnding _ending;
    private readonly LostServers _lost;
    private readonly SynProxy _synProxy;
    private bool _together;

    public ForwardingCore(ForwardingCoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _schedulers = new SchedulerEnvironment(options.Seed) { Settings = options.Ipvs };
        _connections = new ConnectionTable(options, _servers, Counters);
        _retirement = new ServerRetirement(_connections, _servers) { Settings = options.Ipvs };
        _services = new ServiceTable(_servers, _schedulers, _retirement) { ServerLost = Lose, ServerBack = Regain };
        _draining = new Draining(_services, Lose);
        _remote = new RemoteConnections(_connections, _servers, _services, Counters);
        _defense = new Defense(_connections);
        _ending = new ConnectionEnding(_connections, _pending, Counters);
        _lost = new LostServers(_connections, _servers, _ending);
        Admission admission = new(_defense, _connections.Limits);
        _synProxy = new SynProxy(_connections, new ServiceLookup(_services), _pending, Counters, options.Seed);
        _pipeline = new PacketPipeline(_connections, _services, _servers, Counters, admission, _synProxy, _pending, options.Seed) { Facts = CurrentFacts() };
        ConfigureGuard();
    }

    public ForwardingCoreOptions Options { get; private set; }

    /// <summary>How often the packet path got a new view of options and services: the costly part of a change.</summary>
    public long FactsRenewed { get; private set; }

    public int ConnectionCount => _connections.Count;

    public ForwarderCounters Counters { get; } = new();

    public bool HasChanges => _connections.Log.HasChanges;

    /// <summary>True when the log overflowed: changes were lost and the peer needs a new snapshot. Cleared by <see cref="EnableChangeLog"/>.</summary>
    public bool ChangeLogOverflowed => _connections.Log.Overflowed;

    /// <summary>For the consistency checks of tests.</summary>
    internal ConnectionTable Connections => _connections;

    internal ServerRegistry Servers => _servers;

    internal FragmentForwarding Fragments => _pipeline.Fragments;

    /// <summary>Replaces network facts; capacities and Seed stay as they were made.</summary>
    public void Configure(ForwardingCoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options with { Capacity = Options.Capacity, CallCapacity = Options.CallCapacity, Seed = Options.Seed };
        _connections.SetTimeouts(options.Timeouts);
        ConfigureGuard();
        _schedulers.Settings = options.Ipvs;
        _retirement.Settings = options.Ipvs;
        RenewFacts();
    }

    /// <summary>
    /// Carries one frame (virtio_net_hdr, IP packet) of <paramref name="length"/> bytes through the pipeline, in place.
    /// Returns the length of the frame to write back, or 0 when there is none. Never throws on any bytes; never allocates.
    /// </summary>
    public int Process(Span<byte> frame, int length, long now) => _pipeline.Process(frame, length, now);

    /// <summary>
    /// A frame that the core sends besides those it was given; call until it returns 0, after every <see cref="Process"/> batch and every <see cref="Tick"/>.
    /// <paramref name="frame"/> has <see cref="FrameBytes"/>.
    /// </summary>
    public int TakePending(Span<byte> frame) => _pending.Take(frame);

    /// <summary>Ages connections, lets new servers start slowly; call about every 100 ms. Bounded work per call.</summary>
    public void Tick(long now)
    {
        _connections.Tick(now);
        _services.Tick(now);
        _services.SampleTraffic(now);
        _retirement.Work();
        _draining.Tick(serves: !_connections.IsFrozen, now);
        _connections.Offload.Sweep(_connections, now);
        GuardTick(now);
        _pipeline.Tick(now);
    }

    /// <summary>True on a standby: synced connections do not expire. Turning it off restarts every timer from its state's full time-out.</summary>
    public void SetTimersFrozen(bool frozen, long now) => _connections.SetTimersFrozen(frozen, now);

    // --- the change log, for Sync -------------------------------------------------------------------------------------------------

    /// <summary>Switches the change log on (empty) or off. Off costs nothing per packet.</summary>
    public void EnableChangeLog(bool enabled) => _connections.Log.Enable(enabled);

    /// <summary>Takes up to <paramref name="destination"/>.Length changes, oldest first; returns how many.</summary>
    public int TakeChanges(Span<ConnectionChange> destination, long now)
    {
        int count = 0;
        while (count < destination.Length && _connections.Log.TryTake(out int slot, out ConnectionRecord deleted))
        {
            destination[count++] = slot == 0
                ? new ConnectionChange(ConnectionChangeKind.Delete, deleted)
                : new ConnectionChange(ConnectionChangeKind.Upsert, _connections.RecordOf(slot, now));
        }

        return count;
    }

    /// <summary>Copies connections from table slot <paramref name="cursor"/> on; advances it; returns how many; 0 with cursor == -1 at the end.</summary>
    public int CopyConnections(ref int cursor, Span<ConnectionRecord> destination, long now)
    {
        if (cursor < 0 || destination.IsEmpty)
        {
            return 0;
        }

        int count = 0;
        int slot = _connections.Flows.NextInUse(Math.Max(cursor, 1));
        for (; slot != 0 && count < destination.Length; slot = _connections.Flows.NextInUse(slot + 1))
        {
            if ((_connections[slot].Traits & ConnectionTraits.OnePacket) == 0)
            {
                destination[count++] = _connections.RecordOf(slot, now);
            }
        }

        cursor = count == 0 ? -1 : slot == 0 ? _connections.Flows.HighWater + 1 : slot;
        return count;
    }

    // --- the standby's side -------------------------------------------------------------------------------------------------------

    /// <summary>Begins a snapshot: every connection present now is stale until confirmed by <see cref="ApplyRemote"/>.</summary>
    public void BeginRemoteSnapshot() => _remote.BeginSnapshot();

    /// <summary>Removes what the snapshot did not confirm, among the next <paramref name="slots"/> slots; returns how many.</summary>
    /// <param name="cursor">0 to begin; -1 when all is done.</param>
    public int EndRemoteSnapshot(ref int cursor, int slots) => _remote.EndSnapshot(ref cursor, slots);

    /// <summary>The same at once: for a table that nobody waits for.</summary>
    public int EndRemoteSnapshot()
    {
        int cursor = 0;
        return _remote.EndSnapshot(ref cursor, int.MaxValue);
    }

    /// <summary>Applies one change from the active. False when the table is full (counted).</summary>
    public bool ApplyRemote(in ConnectionChange change, long now) => _remote.Apply(in change, now);

    private NetworkFacts CurrentFacts() => new(
        Options,
        _services.Services.Select(s => s.Key.Address),
        [.. _services.Services.SelectMany(s => s.Servers.Select(r => (s.Key.Protocol, r.Key.Address, r.Key.Port)))]);
}
