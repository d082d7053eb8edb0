using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Helpers;

/// <summary>
/// How far one direction of a control connection has been read, and the line that its last segment left unfinished: TCP is a stream, and where it is
/// cut means nothing. Of a line longer than the room only the beginning is kept, which is all that the helpers look at.
/// </summary>
internal struct HeldLine
{
    /// <summary>False: nothing was seen since this began to watch; the next segment begins a line.</summary>
    public bool IsKnown;

    /// <summary>Sequence number behind the last byte that was read.</summary>
    public uint Next;

    /// <summary>Sequence number of the line's first byte.</summary>
    public uint LineStart;

    /// <summary>Bytes that were passed over because they came later than their followers; empty: both the same.</summary>
    public uint GapStart;
    public uint GapEnd;

    private int _length;
    private LineText _text;

    public readonly int Length => _length;

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> Text => ((ReadOnlySpan<byte>)_text)[..Math.Min(_length, LineText.Length)];

    /// <summary>Everything before <paramref name="sequence"/> has been read; a line begins there.</summary>
    public void StartAt(uint sequence)
    {
        (IsKnown, Next, LineStart, _length) = (true, sequence, sequence, 0);
    }

    /// <summary>Adds the next bytes of the stream up to the end of the line or of the segment; returns how many it took.</summary>
    public int Take(ReadOnlySpan<byte> bytes, out bool ended)
    {
        int feed = bytes.IndexOf((byte)'\n');
        ended = feed >= 0;
        int count = ended ? feed + 1 : bytes.Length;
        int kept = Math.Min(_length, LineText.Length);
        bytes[..Math.Min(count, LineText.Length - kept)].CopyTo(((Span<byte>)_text)[kept..]);
        _length += count;
        Next += (uint)count;
        return count;
    }

    public void EndLine()
    {
        (LineStart, _length) = (Next, 0);
    }

    /// <summary>
    /// Which bytes of a segment are still to be read: those behind what was read. A segment that fills a gap is read by itself. Returns the offset of the
    /// first such byte, or the segment's length when there is none.
    /// </summary>
    public int Follow(uint sequence, int length)
    {
        if (!IsKnown)
        {
            StartAt(sequence);
            return 0;
        }

        int ahead = (int)(sequence - Next);
        if (ahead > 0)
        {
            (GapStart, GapEnd) = (Next, sequence);
            StartAt(sequence);
        }

        return ahead >= 0 ? 0 : Math.Min(-ahead, length);
    }

    /// <summary>Bytes that need not be read.</summary>
    public void Skip(int count)
    {
        if (count > 0)
        {
            StartAt(Next + (uint)count);
        }
    }

    /// <summary>The receiver has everything before <paramref name="sequence"/>: what was not read of it will not come again.</summary>
    public void Reach(uint sequence)
    {
        if (IsKnown && SequenceShift.IsBefore(Next, sequence))
        {
            StartAt(sequence);
        }
    }

    /// <summary>True for a segment whose bytes were passed over; from now on they count as read.</summary>
    public bool Fills(uint sequence, int length)
    {
        bool inside = GapStart != GapEnd && !SequenceShift.IsBefore(sequence, GapStart) && SequenceShift.IsBefore(sequence, GapEnd);
        if (inside)
        {
            GapStart = sequence + (uint)length;
            GapEnd = SequenceShift.IsBefore(GapStart, GapEnd) ? GapEnd : GapStart;
        }

        return inside;
    }
}
