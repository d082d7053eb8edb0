namespace HaLvs.Director.Runtime;

/// <summary>Which version of the run-time table the peer has confirmed, and a way to wait for one.</summary>
internal sealed class PeerVersion(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<(ulong Version, TaskCompletionSource Reached)> _waiting = [];
    private ulong _version;

    public void Reached(ulong version)
    {
        lock (_lock)
        {
            _version = version;
            _waiting.RemoveAll(w => w.Version <= version && w.Reached.TrySetResult());
        }
    }

    /// <summary>False when the peer has not confirmed it within this time.</summary>
    public async Task<bool> ReachesAsync(ulong version, TimeSpan within, CancellationToken cancel)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_version >= version)
            {
                return true;
            }

            _waiting.Add((version, reached));
        }

        try
        {
            await reached.Task.WaitAsync(within, time, cancel);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (_lock)
            {
                _waiting.RemoveAll(w => w.Reached == reached);
            }
        }
    }
}
