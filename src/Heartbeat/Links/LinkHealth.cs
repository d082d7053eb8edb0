namespace HaLvs.Heartbeat.Links;

/// <summary>One heartbeat link: when a fresh message last came over it, and what that means.</summary>
public sealed class LinkHealth(string name)
{
    private TimeSpan? _lastHeard;
    private long _received;
    private long _rejected;
    private string? _detail;
    private bool _usable = true;

    public string Name => name;

    public LinkState State { get; private set; } = LinkState.Unseen;

    public void Heard(TimeSpan now)
    {
        _received++;
        _lastHeard = now;
    }

    public void Rejected() => _rejected++;

    public void Device(bool usable, string detail) => (_usable, _detail) = (usable, usable ? null : detail);

    /// <summary>Brings the state up to date.</summary>
    /// <returns>True when it changed.</returns>
    public bool Update(TimeSpan now, TimeSpan warn, TimeSpan dead)
    {
        var before = State;
        State = Judge(now, warn, dead);
        return State != before;
    }

    public LinkStatus Status(TimeSpan now) => new(name, State, now - _lastHeard, _received, _rejected, _detail);

    private LinkState Judge(TimeSpan now, TimeSpan warn, TimeSpan dead)
    {
        if (!_usable) return LinkState.Absent;
        if (_lastHeard is not { } heard) return LinkState.Unseen;
        var silence = now - heard;
        return silence >= dead ? LinkState.Down : silence >= warn ? LinkState.Late : LinkState.Ok;
    }
}
