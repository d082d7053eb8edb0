using System.Numerics;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>The hash functions of the kernel's schedulers, bit for bit, so that a migrating set-up keeps its clients on their servers.</summary>
internal static class KernelHash
{
    /// <summary>GOLDEN_RATIO_32 of include/linux/hash.h.</summary>
    private const uint GoldenRatio = 0x61c8_8647;

    /// <summary>An address as 32 bits: IPv4 as it is, the four words of IPv6 by exclusive or.</summary>
    public static uint Fold(Ip address) => address.IsV4
        ? address.V4
        : (uint)(address.High >> 32) ^ (uint)address.High ^ (uint)(address.Low >> 32) ^ (uint)address.Low;

    /// <summary>hash_32: the upper bits of a product.</summary>
    public static int Golden(uint value, int bits) => (int)((value * GoldenRatio) >> (32 - bits));

    /// <summary>hsiphash of one word as 64-bit kernels have it: SipHash-1-3 (Aumasson, Bernstein) cut to 32 bits.</summary>
    public static uint Sip(uint value, ulong key0, ulong key1)
    {
        ulong v0 = key0 ^ 0x736f_6d65_7073_6575;
        ulong v1 = key1 ^ 0x646f_7261_6e64_6f6d;
        ulong v2 = key0 ^ 0x6c79_6765_6e65_7261;
        ulong v3 = key1 ^ 0x7465_6462_7974_6573;
        ulong last = (4ul << 56) | value; // The length in bytes stands in the top byte of the last block.
        v3 ^= last;
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;
        v2 ^= 0xff;
        for (int i = 0; i < 3; i++)
        {
            Round(ref v0, ref v1, ref v2, ref v3);
        }

        return (uint)(v0 ^ v1 ^ v2 ^ v3);
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
