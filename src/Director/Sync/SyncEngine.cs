using System.Net;
using Grpc.Core;
using HaLvs.Director.Control;
using HaLvs.Director.Loops;
using HaLvs.Director.Sync.Receiving;
using HaLvs.Director.Sync.Source;
using HaLvs.Director.Sync.Tables;
using HaLvs.Director.Sync.Transport;
using HaLvs.Director.Sync.V1;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Sync;

/// <summary>
/// Connection sync between the two directors (docs/wire/sync.md). Serves the peer and pulls from it at the same time; the role decides which
/// direction carries records. Its own listener, its own tasks; the table is touched only under the data plane's gate, one batch at a time.
/// <list type="bullet">
/// <item>Node loop: <see cref="SetRole"/>, <see cref="RequestDrain"/>. Forward loop: <see cref="NotifyChanges"/>. Anyone: <see cref="Status"/>, <see cref="Peer"/>.</item>
/// <item>Posts <see cref="NodeInput.SyncState"/> on every change, and <see cref="NodeInput.SyncDrained"/> once per drain. <c>post</c> and <c>report</c>
/// are called from any thread and must not block.</item>
/// </list>
/// </summary>
public sealed class SyncEngine : IAsyncDisposable
{
    private readonly SyncIdentity _identity;
    private readonly IReplicatedTable _table;
    private readonly SyncRole _role = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly DrainRequests _drain;
    private readonly InSyncState _inSync;
    private readonly PeerLedger _ledger;
    private readonly SourceStreams _source;
    private readonly ReplicaDialer _dialer;
    private readonly SyncListener _listener;
    private Task _listening = Task.CompletedTask;
    private Task _dialling = Task.CompletedTask;

    public SyncEngine(SyncIdentity identity, DataPlane dataPlane, Action<NodeInput> post, Action<EventSeverity, string> report)
        : this(identity, new CoreTable(dataPlane), post, report, new SyncTiming(), TimeProvider.System)
    {
    }

    internal SyncEngine(
        SyncIdentity identity, IReplicatedTable table, Action<NodeInput> post, Action<EventSeverity, string> report, SyncTiming timing, TimeProvider clock)
    {
        (_identity, _table) = (identity, table);
        _drain = new DrainRequests(complete => post(new NodeInput.SyncDrained(complete)));
        _inSync = new InSyncState(post);
        _ledger = new PeerLedger(identity, report);
        var guard = new PeerGuard(identity, Counters, report, clock);
        _source = new SourceStreams(identity, table, _role, _drain, Counters, timing, guard, _ledger, report, clock);
        _dialer = new ReplicaDialer(identity, table, _role, Counters, timing, guard, _ledger, _inSync, report, clock);
        _listener = new SyncListener(identity, guard, new ConnectionSyncService(this), report);
    }

    public SyncCounters Counters { get; } = new();

    /// <summary>The peer's last words of itself; null before the first Hello. Kept when the stream breaks: the relay after a handover needs it.</summary>
    public PeerNetwork? Peer => _ledger.Network;

    /// <summary>Set after a reload; the peer is told with the next Hello.</summary>
    public ulong ConfigurationHash
    {
        get => _ledger.ConfigurationHash;
        set => _ledger.ConfigurationHash = value;
    }

    public SyncStatus Status
    {
        get
        {
            if (!_role.Active) return new SyncStatus(_dialer.Connected, _inSync.InSync, 0, Counters.Sent, Counters.Received, _dialer.Detail);
            SourceFeed? feed = _source.Feed;
            return new SyncStatus(feed is not null, feed?.PeerHasSnapshot ?? false, feed?.Lag ?? 0, Counters.Sent, Counters.Received,
                feed?.Detail ?? $"{_identity.Peer} has not opened its stream; {_dialer.Detail}");
        }
    }

    /// <summary>Begins as not active: timers frozen, listening, dialling. Once.</summary>
    public void Start()
    {
        lock (_table.Gate)
        {
            _table.SetTimersFrozen(true, DataPlane.Now);
            _table.EnableChangeLog(true); // Takes the log's memory now, not in a takeover.
            _table.EnableChangeLog(false);
        }

        _listening = _listener.RunAsync(_stopping.Token);
        _dialling = _dialer.RunAsync(_stopping.Token);
    }

    /// <summary>
    /// This node serves (in this epoch), or does not. Waits for the gate: at most one batch. When it returns, nothing of an old source can get into
    /// the table, and the timers run (active) or stand still. Call with true before forwarding begins, and keep it true while releasing until the
    /// drain was answered: with false, changes that the peer has not got are no longer offered. Repeated calls change nothing.
    /// </summary>
    public void SetRole(bool active, ulong epoch)
    {
        lock (_table.Gate)
        {
            if (!_role.Become(active, epoch)) return;
            if (!active) _table.EnableChangeLog(false);
            _table.SetTimersFrozen(!active, DataPlane.Now);
        }

        _inSync.SetActive(active);
        _source.Wake();
        _dialer.Hurry();
    }

    /// <summary>The forward loop has left changes in the log. Neither blocks nor allocates; needs no gate.</summary>
    public void NotifyChanges() => _source.Wake();

    /// <summary>Posts SyncDrained(true) as soon as the peer has acknowledged every change made before now, or SyncDrained(false) after the time.</summary>
    public void RequestDrain(TimeSpan within)
    {
        _drain.Ask(within);
        _source.Wake();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(Settled(_listening), Settled(_dialling)).ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        _drain.Dispose();
        _stopping.Dispose();
    }

    /// <summary>A call of the peer, from the listener.</summary>
    internal async Task ServeAsync(IAsyncStreamReader<ReplicaMessage> reader, IServerStreamWriter<SourceMessage> writer, IPAddress? remote, CancellationToken cancel)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancel, _stopping.Token);
        await _source.ServeAsync(reader, writer, remote, ends.Token).ConfigureAwait(false);
    }

    /// <summary>Cancellation is how these tasks end.</summary>
    private static async Task Settled(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
