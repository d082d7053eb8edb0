using Grpc.Core;
using HaLvs.Director.Loops;
using HaLvs.Director.Sync.Transport;
using HaLvs.Director.Sync.V1;

namespace HaLvs.Director.Sync.Receiving;

/// <summary>One stream that we pull from the peer, after the Hellos: the reading loop applies, the writing loop acknowledges what was applied so far.</summary>
internal sealed class ReplicaSession(ReplicaIntake intake, StreamLife life, WakeSignal wake, Action<ReplicaIntake> progressed)
{
    private readonly Lock _applied = new();
    private ulong _sequence;
    private bool _complete = true;

    /// <summary>Runs until the stream ends; both loops have ended when it returns or throws what ended it.</summary>
    public async Task RunAsync(IAsyncStreamReader<SourceMessage> reader, IClientStreamWriter<ReplicaMessage> writer)
    {
        Task reading = ReadAsync(reader);
        Task writing = AcknowledgeAsync(writer);
        Task first = await Task.WhenAny(reading, writing).ConfigureAwait(false);
        life.End();
        try
        {
            await Task.WhenAll(reading, writing).ConfigureAwait(false);
        }
        catch (Exception) when (first.IsFaulted)
        {
            // What ended the stream is the news, not what its end did to the other loop.
            await first.ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(IAsyncStreamReader<SourceMessage> reader)
    {
        while (await reader.MoveNext(life.Ended).ConfigureAwait(false))
        {
            life.Heard();
            intake.Accept(reader.Current, DataPlane.Now);
            lock (_applied) (_sequence, _complete) = (intake.Applied, intake.RoomForAll);
            if (reader.Current.Sequence != 0 || reader.Current.RuntimeState is not null) wake.Set();
            progressed(intake);
        }
    }

    private async Task AcknowledgeAsync(IClientStreamWriter<ReplicaMessage> writer)
    {
        (ulong, ulong) told = (0, 0);
        while (!life.Ended.IsCancellationRequested)
        {
            ReplicaMessage message = Acknowledgement(out (ulong, ulong) state);
            if (state != told || life.MustSpeak)
            {
                await writer.WriteAsync(message, life.Ended).ConfigureAwait(false);
                life.Said();
                told = state;
            }

            await wake.WaitAsync(life.Ended).ConfigureAwait(false);
        }
    }

    private ReplicaMessage Acknowledgement(out (ulong Sequence, ulong Runtime) state)
    {
        bool complete;
        lock (_applied) (state, complete) = ((_sequence, intake.ConfirmedRuntimeVersion()), _complete);
        return new ReplicaMessage { Acknowledgement = new Acknowledgement { Sequence = state.Sequence, Complete = complete, RuntimeVersion = state.Runtime } };
    }
}
