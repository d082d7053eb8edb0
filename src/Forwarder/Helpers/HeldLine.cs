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

    private int _length;
    private LineText _text;

    public readonly int Length => _length;

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> Text => ((ReadOnlySpan<byte>)_text)[.._length];

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
        int kept = _length;
        bytes[..Math.Min(count, LineText.Length - kept)].CopyTo(((Span<byte>)_text)[kept..]);
        _length = kept + Math.Min(count, LineText.Length - kept); // Saturates: a line may be as long as its sender likes.
        Next += (uint)count;
        return count;
    }

    public void EndLine()
    {
        (LineStart, _length) = (Next, 0);
    }

    /// <summary>
    /// Offset of the first byte of a segment that is still to be read, or the segment's length when there is none. <paramref name="ahead"/>: bytes
    /// before the segment are missing.
    /// </summary>
    public int Follow(uint sequence, int length, out bool ahead)
    {
        if (!IsKnown)
        {
            StartAt(sequence);
        }

        int distance = (int)(sequence - Next);
        ahead = distance > 0;
        return ahead ? 0 : Math.Min(-distance, length);
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
        if (!IsKnown || SequenceShift.IsBefore(Next, sequence))
        {
            StartAt(sequence);
        }
    }
}
