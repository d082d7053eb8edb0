using System.Net;
using Grpc.Core;
using HaLvs.Director.Sync.Tables;
using HaLvs.Director.Sync.Transport;
using HaLvs.Director.Sync.V1;
using HaLvs.Director.Sync.Wire;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Sync.Source;

/// <summary>
/// The serving side: at most one session at a time, because the change log has one reader. A newer stream of the peer replaces the older (it
/// may have died without our noticing); the older is retired before the newer reads anything.
/// </summary>
internal sealed class SourceStreams(
    SyncIdentity identity, IReplicatedTable table, SyncRole role, DrainRequests drain, SyncCounters counters, SyncTiming timing,
    PeerGuard guard, PeerLedger ledger, Action<EventSeverity, string> report, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private volatile SourceSession? _current;

    public SourceFeed? Feed => _current?.Feed;

    /// <summary>The forward loop's call: neither blocks nor allocates.</summary>
    public void Wake() => _current?.Wake();

    /// <summary>One call of the peer, until its stream ends.</summary>
    public async Task ServeAsync(IAsyncStreamReader<ReplicaMessage> reader, IServerStreamWriter<SourceMessage> writer, IPAddress? remote, CancellationToken cancel)
    {
        var wake = new WakeSignal();
        using var life = new StreamLife(timing, clock, wake, cancel);
        try
        {
            await GreetAsync(reader, writer, remote, life).ConfigureAwait(false);
            var feed = new SourceFeed(table, role, drain, counters, timing);
            await RunAsync(new SourceSession(feed, table, role, life, wake, text => report(EventSeverity.Warning, text), identity.Runtime), reader, writer).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The peer went away or was silent: it dials again, and its own side says why.
        }
        catch (SyncProtocolException error)
        {
            counters.CountMalformed();
            report(EventSeverity.Warning, $"sync: ended the stream to {identity.Peer}: it {error.Message}");
            throw new RpcException(new Status(StatusCode.InvalidArgument, error.Message));
        }
    }

    private async Task GreetAsync(IAsyncStreamReader<ReplicaMessage> reader, IServerStreamWriter<SourceMessage> writer, IPAddress? remote, StreamLife life)
    {
        bool any = await reader.MoveNext(life.Ended).ConfigureAwait(false);
        if (ledger.Meet(any ? reader.Current.Hello : null) is { } refusal)
        {
            guard.Refused(remote is null ? null : new IPEndPoint(remote, 0), refusal);
            throw new RpcException(new Status(StatusCode.FailedPrecondition, refusal));
        }

        life.Heard();
        await writer.WriteAsync(new SourceMessage { Hello = ledger.Greeting() }, life.Ended).ConfigureAwait(false);
    }

    private async Task RunAsync(SourceSession session, IAsyncStreamReader<ReplicaMessage> reader, IServerStreamWriter<SourceMessage> writer)
    {
        Adopt(session);
        try
        {
            await session.RunAsync(reader, writer).ConfigureAwait(false);
        }
        finally
        {
            Let(session);
        }
    }

    private void Adopt(SourceSession session)
    {
        lock (_lock)
        {
            _current?.End();
            _current?.Feed.Retire();
            _current = session;
        }
    }

    private void Let(SourceSession session)
    {
        lock (_lock)
        {
            session.Feed.Retire();
            if (_current == session) _current = null;
        }
    }
}
