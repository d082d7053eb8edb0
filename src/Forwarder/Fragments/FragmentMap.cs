using System.Numerics;

namespace HaLvs.Forwarder.Fragments;

/// <summary>Which units of eight bytes of each datagram have come: one bit each, 8192 for the largest packet. Finds every overlap, however it is cut.</summary>
internal sealed class FragmentMap(int entries)
{
    private const int WordsPerEntry = 8192 / 64;
    private readonly ulong[] _words = GC.AllocateArray<ulong>((entries + 1) * WordsPerEntry, pinned: true);

    public void Clear(int entry) => Of(entry).Clear();

    /// <summary>How many of the units from <paramref name="first"/> on have come before.</summary>
    public int Count(int entry, int first, int units)
    {
        Span<ulong> words = Of(entry);
        int seen = 0;
        for (int unit = first; unit < first + units;)
        {
            int bits = Math.Min(64 - (unit & 63), first + units - unit);
            seen += BitOperations.PopCount(words[unit >> 6] & Mask(unit & 63, bits));
            unit += bits;
        }

        return seen;
    }

    public void Mark(int entry, int first, int units)
    {
        Span<ulong> words = Of(entry);
        for (int unit = first; unit < first + units;)
        {
            int bits = Math.Min(64 - (unit & 63), first + units - unit);
            words[unit >> 6] |= Mask(unit & 63, bits);
            unit += bits;
        }
    }

    private Span<ulong> Of(int entry) => _words.AsSpan(entry * WordsPerEntry, WordsPerEntry);

    private static ulong Mask(int from, int bits) => (ulong.MaxValue >> (64 - bits)) << from;
}
