using System.Runtime.CompilerServices;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Helpers;

/// <summary>One direction of a control connection whose text is changed on the way: the latest replacements, newest first.</summary>
internal struct ReplacedStream : IAcknowledgementMap
{
    /// <summary>The flow's shift of this direction, which is that of the newest replacement if there is one.</summary>
    public SequenceShift Shift;

    private int _count;
    private Latest _replacements;

    public readonly int Count => _count;

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ref readonly Replacement this[int index] => ref ((ReadOnlySpan<Replacement>)_replacements)[index];

    public void Add(in Replacement replacement)
    {
        Span<Replacement> all = _replacements;
        all[..^1].CopyTo(all[1..]);
        all[0] = replacement;
        _count = Math.Min(_count + 1, Latest.Length);
    }

    public void Forget() => _count = 0;

    /// <inheritdoc/>
    public readonly uint Back(uint acknowledgement)
    {
        SequenceShift shift = Shift;
        for (int i = 1; i < _count; i++)
        {
            SequenceShift older = this[i].Shift;
            if (!SequenceShift.IsBefore(acknowledgement, older.From + (uint)older.After))
            {
                break;
            }

            shift = older;
        }

        return shift.Back(acknowledgement);
    }

    /// <summary>A sequence number of the sender that stands outside every replaced text, as the receiver is to see it.</summary>
    public readonly uint Forward(uint sequence)
    {
        SequenceShift shift = Shift;
        for (int i = 1; i < _count && SequenceShift.IsBefore(sequence, this[i].End); i++)
        {
            shift = this[i].Shift;
        }

        return shift.Forward(sequence);
    }

    [InlineArray(Length)]
    private struct Latest
    {
        public const int Length = 4;
        private Replacement _first;
    }
}
