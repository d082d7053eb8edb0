namespace HaLvs.Director.Sync.Transport;

/// <summary>
/// Life of one stream: ends when the engine ends, when the other side was silent for too long, or when one of its loops ends. Wakes the
/// writing loop often enough for signs of life.
/// </summary>
internal sealed class StreamLife : IDisposable
{
    private readonly SyncTiming _timing;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _end;
    private readonly ITimer _timer;
    private long _heard;
    private long _said;

    /// <summary>Begins with <see cref="SyncTiming.Connect"/> of patience: connection, TLS and Hello take longer than a sign of life.</summary>
    public StreamLife(SyncTiming timing, TimeProvider clock, WakeSignal wake, CancellationToken outer)
    {
        (_timing, _clock) = (timing, clock);
        _end = CancellationTokenSource.CreateLinkedTokenSource(outer);
        Ended = _end.Token;
        _said = clock.GetTimestamp();
        _heard = _said + (long)((timing.Connect - timing.Dead).TotalSeconds * clock.TimestampFrequency);
        TimeSpan look = timing.Idle / 2;
        _timer = clock.CreateTimer(_ => Look(wake), null, look, look);
    }

    public CancellationToken Ended { get; }

    /// <summary>Set when silence ended it.</summary>
    public bool Silent { get; private set; }

    /// <summary>A sign of life is due.</summary>
    public bool MustSpeak => _clock.GetElapsedTime(Volatile.Read(ref _said)) >= _timing.Idle;

    public void Heard() => Volatile.Write(ref _heard, _clock.GetTimestamp());

    public void Said() => Volatile.Write(ref _said, _clock.GetTimestamp());

    public void End()
    {
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Ended long ago.
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _end.Dispose();
    }

    private void Look(WakeSignal wake)
    {
        if (_clock.GetElapsedTime(Volatile.Read(ref _heard)) >= _timing.Dead)
        {
            Silent = true;
            End();
        }

        wake.Set();
    }
}
