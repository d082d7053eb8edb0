using System.Buffers.Binary;

namespace HaLvs.Forwarder.Packets;

/// <summary>The Internet checksum (RFC 1071) and its incremental update (RFC 1624, equation 3). Sums are not yet complemented.</summary>
internal static class InternetChecksum
{
    /// <summary>One's complement sum of the bytes as big-endian 16-bit words, folded; an odd last byte is padded with zero.</summary>
    public static ushort Sum(ReadOnlySpan<byte> bytes, ulong start = 0)
    {
        // The sum is independent of byte order (RFC 1071 section 2): add native 32-bit words, swap once at the end.
        ulong native = 0;
        while (bytes.Length >= 4)
        {
            native += BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            bytes = bytes[4..];
        }

        if (bytes.Length >= 2)
        {
            native += BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            bytes = bytes[2..];
        }

        if (bytes.Length > 0)
        {
            native += bytes[0];
        }

        return Fold(start + BinaryPrimitives.ReverseEndianness(Fold(native)));
    }

    public static ushort Fold(ulong sum)
    {
        sum = (sum & 0xffff_ffff) + (sum >> 32);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)((sum & 0xffff) + (sum >> 16));
    }

    /// <summary>What replacing one 16-bit word adds to the sum.</summary>
    public static uint Delta(ushort before, ushort after) => (uint)(ushort)~before + after;

    /// <summary>What replacing an IPv4 address adds to the sum.</summary>
    public static uint Delta(uint before, uint after) =>
        Delta((ushort)(before >> 16), (ushort)(after >> 16)) + Delta((ushort)before, (ushort)after);

    /// <summary>What replacing an IPv6 address adds to the sum: its 32-bit words may be added instead of its 16-bit ones.</summary>
    public static uint Delta(Ip before, Ip after) => Fold(Words(~before.High) + Words(~before.Low) + Words(after.High) + Words(after.Low));

    /// <summary>A complete checksum field after a change: HC' = ~(~HC + ~m + m').</summary>
    public static ushort Update(ushort field, uint delta) => (ushort)~Fold((ulong)(ushort)~field + delta);

    /// <summary>A field that holds only the pseudo-header sum (VIRTIO_NET_HDR_F_NEEDS_CSUM): not complemented, ports do not count.</summary>
    public static ushort UpdatePartial(ushort field, uint delta) => Fold((ulong)field + delta);

    /// <summary>Sum of the pseudo header (RFC 9293 section 3.1, RFC 768; RFC 8200 section 8.1) from the addresses that stand in the frame now.</summary>
    public static ulong PseudoHeader(ReadOnlySpan<byte> frame, TransportProtocol protocol, int transportBytes)
    {
        ReadOnlySpan<byte> packet = frame[ForwardingCore.VirtioHeaderBytes..];
        ReadOnlySpan<byte> addresses = packet[0] >> 4 == 6 ? packet.Slice(Ipv6Header.SourceAt, 32) : packet.Slice(12, 8);
        return (ulong)Sum(addresses) + (uint)protocol + (uint)transportBytes;
    }

    private static ulong Words(ulong value) => (value >> 32) + (uint)value;
}
