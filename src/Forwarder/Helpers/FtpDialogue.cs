using System.Runtime.CompilerServices;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Helpers;

/// <summary>
/// What is known of a control connection besides its flow: unfinished lines and the latest replacements, newest first. It may be forgotten (and
/// does not travel to the standby): the flow alone has all that a connection needs whose lines are whole.
/// </summary>
internal struct FtpDialogue : IAcknowledgementMap
{
    /// <summary>The flow that it belongs to, and the mark that the flow has of it: both must agree.</summary>
    public int Owner;
    public uint Stamp;

    /// <summary>The flow's shift of what the server sends, which is that of the newest replacement if there is one.</summary>
    public SequenceShift Shift;

    public HeldLine Client;
    public HeldLine Server;

    /// <summary>Where in the server's stream a replacement was begun before the reply was complete; meaningful with the flag.</summary>
    public uint BegunAt;
    public bool Begun;

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

    public void ForgetReplacements() => _count = 0;

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

    /// <summary>A sequence number of the server that stands outside every replaced text, as the client is to see it.</summary>
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
