namespace HaLvs.Director.Loops;

/// <summary>Many writers, one reader. The reader sleeps until something is posted or a deadline passes.</summary>
public sealed class Inbox<T> : IDisposable
{
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _posted = new(false);
    private Queue<T> _filling = new();
    private Queue<T> _draining = new();

    public void Post(T item)
    {
        lock (_gate)
            _filling.Enqueue(item);
        _posted.Set();
    }

    /// <summary>Ends the reader's sleep without posting.</summary>
    public void Wake() => _posted.Set();

    /// <summary>Everything posted so far, in order. The queue is the reader's until the next call.</summary>
    public Queue<T> TakeAll()
    {
        lock (_gate)
            (_filling, _draining) = (_draining, _filling);
        return _draining;
    }

    public void Dispose() => _posted.Dispose();

    /// <summary>Returns at once when something waits, else after <paramref name="atMost"/>.</summary>
    public void Wait(TimeSpan atMost)
    {
        if (atMost > TimeSpan.Zero)
            _posted.WaitOne(atMost);
    }
}
