namespace HaLvs.Director.Loops;

/// <summary>Many writers, one reader. The reader sleeps until something is posted or a deadline passes.</summary>
public sealed class Inbox<T>
{
    private readonly Lock _gate = new();
    /// <summary>A lock's own wait, no kernel object to dispose of: a late writer at the end of the process must not meet a closed door.</summary>
    private readonly object _bell = new();
    private bool _rung;
    private Queue<T> _filling = new();
    private Queue<T> _draining = new();

    /// <summary>A reader that is this far behind is flooded.</summary>
    private const int Plenty = 4096;

    private long _flooded;

    /// <summary>Items of <see cref="TryPost"/> that were dropped.</summary>
    public long Flooded => Volatile.Read(ref _flooded);

    public void Post(T item)
    {
        lock (_gate)
            _filling.Enqueue(item);
        Wake();
    }

    /// <summary>For what strangers can send: dropped and counted when too much waits already.</summary>
    public void TryPost(T item)
    {
        lock (_gate)
        {
            if (_filling.Count >= Plenty)
            {
                _flooded++;
                return;
            }
            _filling.Enqueue(item);
        }
        Wake();
    }

    /// <summary>Ends the reader's sleep without posting.</summary>
    public void Wake()
    {
        lock (_bell)
        {
            _rung = true;
            Monitor.Pulse(_bell);
        }
    }

    /// <summary>Everything posted so far, in order. The queue is the reader's until the next call.</summary>
    public Queue<T> TakeAll()
    {
        _draining.Clear();
        lock (_gate)
            (_filling, _draining) = (_draining, _filling);
        return _draining;
    }

    /// <summary>Returns at once when something waits, else after <paramref name="atMost"/>.</summary>
    public void Wait(TimeSpan atMost)
    {
        lock (_bell)
        {
            if (!_rung && atMost > TimeSpan.Zero)
                Monitor.Wait(_bell, atMost);
            _rung = false;
        }
    }
}
