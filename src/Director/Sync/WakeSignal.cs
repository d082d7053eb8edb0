using System.Threading.Channels;

namespace HaLvs.Director.Sync;

/// <summary>
/// "Something changed, look again": any number of <see cref="Set"/> calls become one wake-up of the single waiter. Set neither blocks nor
/// allocates: the forward loop calls it.
/// </summary>
public sealed class WakeSignal
{
    private readonly Channel<bool> _channel = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true, AllowSynchronousContinuations = false });

    private int _set;

    public void Set()
    {
        if (Interlocked.Exchange(ref _set, 1) == 0) _channel.Writer.TryWrite(true);
    }

    /// <summary>Waits for the next Set, or for one that came since the last wait. Look at the state after it returns, never before.</summary>
    public async ValueTask WaitAsync(CancellationToken cancel)
    {
        await _channel.Reader.ReadAsync(cancel).ConfigureAwait(false);
        // Cleared before the caller looks: a Set from here on wakes it again.
        Interlocked.Exchange(ref _set, 0);
    }
}
