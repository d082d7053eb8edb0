namespace HaLvs.Heartbeat.Wire;

public enum SequenceVerdict { New, Seen, TooOld }

/// <summary>Which of the last 64 sequence numbers were seen; the idea of RFC 4303 section 3.4.3. Reordering within 64 messages passes, repetition does not.</summary>
public struct ReplayWindow
{
    public const int Width = 64;

    private ulong _seen;

    /// <summary>0 before the first message: sequence numbers start at 1.</summary>
    public ulong Highest { get; private set; }

    public readonly SequenceVerdict Check(ulong sequence)
    {
        if (sequence > Highest) return SequenceVerdict.New;
        var age = Highest - sequence;
        if (sequence == 0 || age >= Width) return SequenceVerdict.TooOld;
        return (_seen >> (int)age & 1) == 0 ? SequenceVerdict.New : SequenceVerdict.Seen;
    }

    public void Mark(ulong sequence)
    {
        if (sequence <= Highest)
        {
            _seen |= 1UL << (int)(Highest - sequence);
            return;
        }

        var step = sequence - Highest;
        _seen = step >= Width ? 1 : _seen << (int)step | 1;
        Highest = sequence;
    }
}
