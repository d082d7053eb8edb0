using System.Runtime.InteropServices;

namespace HaLvs.Linux.Offload;

/// <summary>One's complement sums over words as they lie in memory: the sum does not mind the byte order (RFC 1071 section 2).</summary>
internal static class OneComplement
{
    /// <summary>What replacing these bytes adds to a sum over them, folded (RFC 1624, equation 3); never zero, so that no field changes its form.</summary>
    public static ushort Delta(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        uint sum = 0;
        foreach (ushort word in MemoryMarshal.Cast<byte, ushort>(before))
            sum += (ushort)~word;
        foreach (ushort word in MemoryMarshal.Cast<byte, ushort>(after))
            sum += word;
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)((sum & 0xffff) + (sum >> 16));
    }
}
