namespace HaLvs.Director.Runtime;

/// <summary>What goes on without an operator: a disk that refused is tried again, drains come to their end.</summary>
public sealed partial class RuntimeServices
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>What is left of a deadline is written this often: so much longer a drain can get by a restart of this node.</summary>
    private static readonly TimeSpan DeadlinesEvery = TimeSpan.FromSeconds(10);

    private long _deadlinesKept;

    /// <summary>For the life of the director.</summary>
    public async Task WatchAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(LookEvery, _time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            Look();
        }
    }

    /// <summary>One look; also a drain command's own, so that it need not wait for the next.</summary>
    public void Look()
    {
        lock (_writing)
        {
            _keeper.Retry(_now);
            FinishDrains();
            if (_now.Drains.Any(d => d.EndsAt is not null) && _time.GetElapsedTime(_deadlinesKept) >= DeadlinesEvery)
            {
                _deadlinesKept = _time.GetTimestamp();
                _keeper.Keep(_now);
            }
        }
    }
}
