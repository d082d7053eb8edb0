namespace HaLvs.Director.Sync.Source;

/// <summary>
/// "Tell me when the peer holds everything changed before now": one request at a time, answered exactly once, with true when reached and
/// false when its time is up. A later request replaces an unanswered one, which is answered with false.
/// </summary>
public sealed class DrainRequests(Action<bool> answer) : IDisposable
{
    private readonly Lock _lock = new();
    private Timer? _timer;
    private long _pending;
    private long _last;

    /// <summary>Number of the request that waits, or 0.</summary>
    public long Pending => Interlocked.Read(ref _pending);

    public void Ask(TimeSpan within)
    {
        bool replaced;
        lock (_lock)
        {
            replaced = _pending != 0;
            long request = ++_last;
            Interlocked.Exchange(ref _pending, request);
            _timer?.Dispose();
            _timer = new Timer(_ => Finish(request, false), null, within, Timeout.InfiniteTimeSpan);
        }

        if (replaced) answer(false);
    }

    public void Reached(long request) => Finish(request, true);

    public void Dispose()
    {
        lock (_lock) _timer?.Dispose();
    }

    private void Finish(long request, bool complete)
    {
        lock (_lock)
        {
            if (_pending != request) return;
            Interlocked.Exchange(ref _pending, 0);
            _timer?.Dispose();
            _timer = null;
        }

        answer(complete);
    }
}
