using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Helpers;

/// <summary>
/// Bytes of the server's stream for which the client gets others. A pure function of sequence numbers: however the stream is cut into segments, and
/// however often they are sent, a byte of the server always becomes the same bytes for the client. Byte i of the old text becomes byte i of the
/// new one; what is left of the new one comes with the last byte of the old.
/// </summary>
internal struct Replacement
{
    /// <summary>Sequence number of the first old byte, as the server counts.</summary>
    public uint Start;

    /// <summary>How far what stands before it is moved.</summary>
    public int Before;
    public ushort OldBytes;
    private byte _newBytes;
    private ShortText _text;

    public readonly uint End => Start + OldBytes;

    public readonly int After => Before + _newBytes - OldBytes;

    public readonly SequenceShift Shift => new(End, Before, After);

    public static Replacement Of(uint start, int oldBytes, ReadOnlySpan<byte> text, int before)
    {
        Replacement made = new() { Start = start, Before = before, OldBytes = (ushort)oldBytes, _newBytes = (byte)text.Length };
        text.CopyTo(made._text);
        return made;
    }

    /// <summary>Position in the new text that stands for position <paramref name="old"/> of the old one.</summary>
    public readonly int Place(int old) => old >= OldBytes ? _newBytes : Math.Min(old, _newBytes - 1);

    /// <summary>What becomes of the old bytes from one position to another.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> Text(int from, int to) => ((ReadOnlySpan<byte>)_text)[Place(from)..Place(to)];
}
