namespace HaLvs.Forwarder.Nat;

/// <summary>Limits how many ICMP errors leave (RFC 1812 section 4.3.2.8), so that a flood is not answered with a flood.</summary>
internal sealed class TokenBucket(int perSecond, int burst)
{
    private const long Unit = 1000;
    private long _level = burst * Unit;
    private long _filledAt = long.MinValue;

    public bool TryTake(long now)
    {
        long elapsed = _filledAt == long.MinValue ? 0 : Math.Clamp(now - _filledAt, 0, 60_000);
        _filledAt = now;
        _level = Math.Min(_level + (elapsed * perSecond), burst * Unit);
        if (_level < Unit)
        {
            return false;
        }

        _level -= Unit;
        return true;
    }
}
