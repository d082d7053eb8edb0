using System.Numerics;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// What a server bids for a slot: -log2(u) / weight with u from a hash of server and slot. The least bid wins with a chance in proportion to the
/// weight (weighted rendezvous hashing: Thaler and Ravishankar; Schindelhauer and Schomaker). In integers, so that every machine agrees.
/// </summary>
internal static class SlotBid
{
    private const int TableBits = 12;
    private const int FractionBits = 40;
    private const int RestBits = 16;

    /// <summary>log2(1 + i / 4096) with 40 fraction bits.</summary>
    private static readonly long[] Logarithms = [.. Enumerable.Range(0, (1 << TableBits) + 1).Select(LogarithmOf)];

    /// <summary>What stands for the server's name in its bids.</summary>
    public static ulong Name(RealServer server) =>
        Mix(server.Key.Address.High ^ Mix(server.Key.Address.Low ^ ((ulong)server.Key.Port << 48)));

    /// <summary>-log2 of a hash taken as a fraction of 1, with 40 fraction bits: 46 bits at most, so that a product with a weight fits.</summary>
    public static long Cost(ulong name, int slot)
    {
        ulong hash = Mix(name ^ ((ulong)slot * 0x9e37_79b9_7f4a_7c15)) | 1;
        int zeros = BitOperations.LeadingZeroCount(hash);
        ulong mantissa = hash << zeros << 1;
        int index = (int)(mantissa >> (64 - TableBits));
        long rest = (long)(mantissa << TableBits >> (64 - RestBits));
        long low = Logarithms[index];
        long logarithm = low + (((Logarithms[index + 1] - low) * rest) >> RestBits);
        return ((zeros + 1L) << FractionBits) - logarithm;
    }

    /// <summary>Whether a bids less than b. Equal bids, of which there are next to none, go by name.</summary>
    public static bool Beats(RealServer a, long costOfA, RealServer b, long costOfB)
    {
        long left = costOfA * b.Weight;
        long right = costOfB * a.Weight;
        return left < right || (left == right && Name(a) < Name(b));
    }

    /// <summary>The last steps of SplitMix64: every bit depends on every other.</summary>
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
        z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
        return z ^ (z >> 31);
    }

    /// <summary>Bit by bit: squaring a number doubles its logarithm.</summary>
    private static long LogarithmOf(int i)
    {
        if (i == 1 << TableBits)
        {
            return 1L << FractionBits;
        }

        ulong x = (1ul << 63) + ((ulong)i << (63 - TableBits)); // 1 to 2, with 63 fraction bits.
        long logarithm = 0;
        for (int bit = FractionBits - 1; bit >= 0; bit--)
        {
            ulong square = Math.BigMul(x, x, out _); // 1 to 4, with 62.
            bool isTwoOrMore = square >> 63 != 0;
            x = isTwoOrMore ? square : square << 1;
            logarithm |= isTwoOrMore ? 1L << bit : 0;
        }

        return logarithm;
    }
}
