using Grpc.Core;
using HaLvs.Director.Loops;
using HaLvs.Director.Runtime;
using HaLvs.Director.Sync.Tables;
using HaLvs.Director.Sync.Transport;
using HaLvs.Director.Sync.V1;

namespace HaLvs.Director.Sync.Source;

/// <summary>One stream that the peer pulls from us: the writing loop asks the feed what comes next, the reading loop takes acknowledgements.</summary>
internal sealed class SourceSession(SourceFeed feed, IReplicatedTable table, SyncRole role, StreamLife life, WakeSignal wake, Action<string> warn, IRuntimeReplica? runtime = null)
{
    private readonly Lock _acknowledged = new();
    private ulong _sequence;
    private bool _complete;
    private (ulong Version, ulong Epoch)? _servicesTold;

    public SourceFeed Feed => feed;

    /// <summary>Anything that may give the feed something to say. Never blocks.</summary>
    public void Wake() => wake.Set();

    public void End() => life.End();

    /// <summary>Runs until the stream breaks, is silent, is replaced or breaks the rules; both loops have ended when it returns.</summary>
    public async Task RunAsync(IAsyncStreamReader<ReplicaMessage> reader, IServerStreamWriter<SourceMessage> writer)
    {
        Task reading = ReadAsync(reader);
        Task writing = WriteAsync(writer);
        await Task.WhenAny(reading, writing).ConfigureAwait(false);
        life.End();
        feed.Retire();
        await Task.WhenAll(reading, writing).ConfigureAwait(false);
    }

    private async Task ReadAsync(IAsyncStreamReader<ReplicaMessage> reader)
    {
        while (await reader.MoveNext(life.Ended).ConfigureAwait(false))
        {
            life.Heard();
            if (reader.Current.Acknowledgement is not { } acknowledgement) continue;
            lock (_acknowledged) (_sequence, _complete) = (acknowledgement.Sequence, acknowledgement.Complete);
            runtime?.Acknowledged(acknowledgement.RuntimeVersion);
            wake.Set();
        }
    }

    private async Task WriteAsync(IServerStreamWriter<SourceMessage> writer)
    {
        var message = new SourceMessage();
        while (!life.Ended.IsCancellationRequested)
        {
            TakeAcknowledgement();
            if (ServicesToTell() is { } services) await SendAsync(writer, services).ConfigureAwait(false);
            while (feed.TryNext(message, DataPlane.Now))
            {
                if (message.SnapshotBegin is not null && feed.RestartedByOverflow)
                    warn("sync: the change log overflowed, the peer was too slow to follow; sending a new snapshot");
                await SendAsync(writer, message).ConfigureAwait(false);
                TakeAcknowledgement();
            }

            if (life.MustSpeak) await SendAsync(writer, SignOfLife()).ConfigureAwait(false);
            await wake.WaitAsync(life.Ended).ConfigureAwait(false);
        }
    }

    /// <summary>The run-time services, once for each version and epoch; only the node that serves has a word.</summary>
    private SourceMessage? ServicesToTell()
    {
        (bool active, ulong epoch) = (false, 0);
        lock (table.Gate) (active, epoch) = (role.Active, role.Epoch);
        if (runtime is null || !active || _servicesTold == (runtime.Version, epoch)) return null;
        RuntimeState services = runtime.ToMessage(epoch);
        _servicesTold = (services.Table.Version, epoch);
        return new SourceMessage { RuntimeState = services };
    }

    /// <summary>The feed has one thread: the writing loop takes over what the reading loop has heard.</summary>
    private void TakeAcknowledgement()
    {
        ulong sequence;
        bool complete;
        lock (_acknowledged) (sequence, complete) = (_sequence, _complete);
        feed.Acknowledge(sequence, complete);
    }

    private async Task SendAsync(IServerStreamWriter<SourceMessage> writer, SourceMessage message)
    {
        await writer.WriteAsync(message, life.Ended).ConfigureAwait(false);
        life.Said();
    }

    private SourceMessage SignOfLife()
    {
        lock (table.Gate) return new SourceMessage { Idle = new Idle { Active = role.Active, Epoch = role.Epoch } };
    }
}
