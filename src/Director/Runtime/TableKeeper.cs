using HaLvs.Director.Reports;
using HaLvs.Heartbeat;
using HaLvs.Linux;

namespace HaLvs.Director.Runtime;

/// <summary>
/// Whether the table in force is on disk. What the serving peer sends is in force at once, whatever the disk says: then writing is tried again with
/// growing pauses, the alarm sounds once, and nothing is confirmed to the peer meanwhile. All but <see cref="IsKept"/> by one thread at a time.
/// </summary>
internal sealed class TableKeeper(RuntimeStore store, EventLog events, TimeProvider time)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private volatile string? _trouble;
    private volatile bool _kept = true;
    private TimeSpan _pause = ShortestPause;
    private long _tried;

    /// <summary>The table in force is on disk.</summary>
    public bool IsKept => _kept;

    /// <summary>Null, or why it is not: for health.</summary>
    public string? Trouble => _trouble;

    /// <summary>Before a table is put in force that is not on disk yet.</summary>
    public void Unkept() => _kept = false;

    /// <exception cref="LinuxException">Not written; what was on disk still is.</exception>
    public void Write(RuntimeSnapshot snapshot)
    {
        store.Write(snapshot);
        Succeeded();
    }

    /// <summary>Writes what is in force already.</summary>
    public void Keep(RuntimeSnapshot snapshot)
    {
        _tried = time.GetTimestamp();
        try
        {
            Write(snapshot);
        }
        catch (LinuxException e)
        {
            _kept = false;
            _pause = _trouble is null ? ShortestPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            string trouble = $"run-time services are in force but not on this node's disk: {e.Message}";
            if (_trouble is null)
            {
                events.Add(EventSeverity.Alarm, "services", $"{trouble} They would be lost with a restart of this node, so they are not confirmed; it is tried again");
            }

            _trouble = trouble;
        }
    }

    /// <summary>Tries again when it is time; call often.</summary>
    public void Retry(RuntimeSnapshot snapshot)
    {
        if (!_kept && time.GetElapsedTime(_tried) >= _pause)
        {
            Keep(snapshot);
        }
    }

    private void Succeeded()
    {
        _kept = true;
        if (_trouble is not null)
        {
            _trouble = null;
            events.Add(EventSeverity.Notice, "services", "run-time services are on this node's disk again");
        }
    }
}
