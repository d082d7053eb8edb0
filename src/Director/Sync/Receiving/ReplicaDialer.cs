using Grpc.Core;
using HaLvs.Director.Sync.Tables;
using HaLvs.Director.Sync.Transport;
using HaLvs.Director.Sync.V1;
using HaLvs.Director.Sync.Wire;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Sync.Receiving;

/// <summary>The pulling side: keeps one stream open to the peer, whoever is active, so that a change of role needs no dial.</summary>
internal sealed class ReplicaDialer(
    SyncIdentity identity, IReplicatedTable table, SyncRole role, SyncCounters counters, SyncTiming timing,
    PeerGuard guard, PeerLedger ledger, InSyncState inSync, Action<EventSeverity, string> report, TimeProvider clock)
{
    private readonly WakeSignal _hurry = new();
    private string? _told;
    private long _greeted;
    private long _snapshotBegan;
    private volatile ReplicaIntake? _intake;

    public bool Connected => _intake is not null;

    /// <summary>For people: what the receiving side is doing.</summary>
    public string Detail => _intake switch
    {
        null => $"no stream from {identity.Peer}: {_told ?? "connecting"}",
        { InSnapshot: true } i => $"receiving the snapshot: {i.Taken} of about {i.Announced} connections",
        { RoomForAll: false } => "the table is too small for the active's connections: raise the capacity to the active's",
        { Complete: true } => "in sync",
        _ => $"connected; {identity.Peer} is not active",
    };

    /// <summary>Dial again now: our role changed, or the peer was just seen.</summary>
    public void Hurry() => _hurry.Set();

    public async Task RunAsync(CancellationToken cancel)
    {
        TimeSpan backOff = TimeSpan.Zero;
        while (!cancel.IsCancellationRequested)
        {
            _greeted = 0;
            await DialAsync(cancel).ConfigureAwait(false);
            // A stream that lived is dialled again at once; one that did not live waits longer each time, so that a refusal is no storm.
            bool lived = _greeted != 0 && clock.GetElapsedTime(_greeted) > timing.LongestBackOff;
            await PauseAsync(lived ? TimeSpan.Zero : backOff, cancel).ConfigureAwait(false);
            backOff = lived ? timing.ShortestBackOff : Longer(backOff);
        }
    }

    private TimeSpan Longer(TimeSpan backOff)
    {
        if (backOff == TimeSpan.Zero) return timing.ShortestBackOff;
        return backOff * 2 < timing.LongestBackOff ? backOff * 2 : timing.LongestBackOff;
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancel)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        until.CancelAfter(pause);
        try
        {
            await _hurry.WaitAsync(until.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The pause is over, or the engine stops: the caller looks.
        }
    }

    private async Task DialAsync(CancellationToken cancel)
    {
        var wake = new WakeSignal();
        using var life = new StreamLife(timing, clock, wake, cancel);
        using var channel = new SyncChannel(identity, guard, timing.Connect);
        try
        {
            using AsyncDuplexStreamingCall<ReplicaMessage, SourceMessage> call =
                new ConnectionSync.ConnectionSyncClient(channel.Channel).Replicate(cancellationToken: life.Ended);
            await GreetAsync(call, life).ConfigureAwait(false);
            var intake = _intake = new ReplicaIntake(table, role, counters, timing, identity.Runtime);
            Tell(EventSeverity.Info, $"sync: stream from {identity.Peer} is up");
            await new ReplicaSession(intake, life, wake, Progressed).RunAsync(call.ResponseStream, call.RequestStream).ConfigureAwait(false);
            Lost("it closed the stream");
        }
        catch (Exception error)
        {
            if (error is SyncProtocolException) counters.CountMalformed();
            if (!cancel.IsCancellationRequested) Lost(DialFailure.Describe(error, channel, life));
        }
        finally
        {
            _intake = null;
            inSync.Set(false);
        }
    }

    private async Task GreetAsync(AsyncDuplexStreamingCall<ReplicaMessage, SourceMessage> call, StreamLife life)
    {
        await call.RequestStream.WriteAsync(new ReplicaMessage { Hello = ledger.Greeting() }, life.Ended).ConfigureAwait(false);
        bool any = await call.ResponseStream.MoveNext(life.Ended).ConfigureAwait(false);
        if (ledger.Meet(any ? call.ResponseStream.Current.Hello : null) is { } refusal) throw new SyncProtocolException(refusal);
        life.Heard();
        _greeted = clock.GetTimestamp();
    }

    private void Progressed(ReplicaIntake intake)
    {
        if (intake is { InSnapshot: true, Taken: 0 }) _snapshotBegan = clock.GetTimestamp();
        if (!inSync.Set(intake.Complete) || !intake.Complete) return;
        report(EventSeverity.Notice,
            $"sync: in sync with {identity.Peer}: {intake.Taken} records in {clock.GetElapsedTime(_snapshotBegan).TotalMilliseconds:F0} ms");
    }

    private void Lost(string reason) => Tell(EventSeverity.Warning, $"sync: no stream from {identity.Peer}: {reason}");

    /// <summary>Each piece of news once, however often the dial is repeated.</summary>
    private void Tell(EventSeverity severity, string text)
    {
        if (_told == text) return;
        _told = text;
        report(severity, text);
    }
}
