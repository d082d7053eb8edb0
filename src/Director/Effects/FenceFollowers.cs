using HaLvs.Director.Control;

namespace HaLvs.Director.Effects;

/// <summary>Operators who wait for the outcome of a fence. Told on the node loop's thread; they continue on their own.</summary>
internal sealed class FenceFollowers
{
    private readonly Lock _gate = new();
    private readonly List<(TaskCompletionSource<OperationOutcome> End, IProgress<string> Progress)> _waiting = [];

    public async Task<OperationOutcome> FollowAsync(Action begin, IProgress<string> progress, CancellationToken cancel)
    {
        var end = new TaskCompletionSource<OperationOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
            _waiting.Add((end, progress));
        begin();
        try
        {
            return await end.Task.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            return new OperationOutcome(false, "no outcome in time; the plan goes on by itself: see `halvs status` and `halvs events`");
        }
        finally
        {
            lock (_gate)
                _waiting.RemoveAll(w => w.End == end);
        }
    }

    public void Progress(string text)
    {
        lock (_gate)
            _waiting.ForEach(w => w.Progress.Report(text));
    }

    public void Ended(OperationOutcome outcome)
    {
        lock (_gate)
            _waiting.ForEach(w => w.End.TrySetResult(outcome));
    }
}
