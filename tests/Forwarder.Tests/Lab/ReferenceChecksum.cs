namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>
/// The checksums as their RFCs write them: the Internet checksum byte by byte (RFC 1071 section 4.1), CRC32c bit by bit (RFC 9260 appendix A), nothing
/// incremental, no table. Independent of the code under test, headers found by a walk of its own.
/// </summary>
internal static class ReferenceChecksum
{
    private const uint Castagnoli = 0x82f63b78;

    public static ushort Of(ReadOnlySpan<byte> bytes, uint start = 0)
    {
        uint sum = start;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
        }

        while (sum > 0xffff)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    /// <summary>Sum of the pseudo header of a whole IPv4 or IPv6 packet.</summary>
    public static uint Pseudo(ReadOnlySpan<byte> packet)
    {
        bool v6 = packet[0] >> 4 == 6;
        uint sum = 0;
        for (int i = v6 ? 8 : 12; i < (v6 ? 40 : 20); i += 2)
        {
            sum += (uint)((packet[i] << 8) | packet[i + 1]);
        }

        (int at, byte protocol) = Transport(packet);
        return sum + protocol + (uint)(TotalBytes(packet) - at);
    }

    public static int TotalBytes(ReadOnlySpan<byte> packet) =>
        packet[0] >> 4 == 6 ? 40 + ((packet[4] << 8) | packet[5]) : (packet[2] << 8) | packet[3];

    /// <summary>Where the transport header begins and of which protocol it is.</summary>
    public static (int At, byte Protocol) Transport(ReadOnlySpan<byte> packet)
    {
        if (packet[0] >> 4 != 6)
        {
            return ((packet[0] & 15) * 4, packet[9]);
        }

        byte next = packet[6];
        int at = 40;
        while (next is 0 or 43 or 44 or 60 && at + 8 <= packet.Length)
        {
            bool later = next == 44 && (packet[at + 2] != 0 || packet[at + 3] > 7);
            int bytes = next == 44 ? 8 : (packet[at + 1] + 1) * 8;
            next = packet[at];
            at += bytes;
            if (later)
            {
                break;
            }
        }

        return (at, next);
    }

    /// <summary>True when the IPv4 header and the TCP, UDP, SCTP or ICMP checksum of a whole packet are right; fragments: the header only.</summary>
    public static bool IsValid(ReadOnlySpan<byte> packet)
    {
        if (packet[0] >> 4 == 4 && Of(packet[..((packet[0] & 15) * 4)]) != 0)
        {
            return false;
        }

        (int at, byte protocol) = Transport(packet);
        ReadOnlySpan<byte> transport = packet[at..TotalBytes(packet)];
        return IsFragment(packet) || protocol switch
        {
            1 => Of(transport) == 0,
            6 or 58 => Of(transport, Pseudo(packet)) == 0,
            17 => packet[0] >> 4 == 4 && transport[6] == 0 && transport[7] == 0 || IsValidUdp(packet, transport),
            132 => BitConverter.ToUInt32(transport[8..]) == Crc32C(transport),
            _ => true,
        };
    }

    public static bool IsFragment(ReadOnlySpan<byte> packet)
    {
        if (packet[0] >> 4 == 4)
        {
            return (packet[6] & 0x3f) != 0 || packet[7] != 0;
        }

        byte next = packet[6];
        int at = 40;
        while (next is 0 or 43 or 60 && at + 8 <= packet.Length)
        {
            (next, at) = (packet[at], at + ((packet[at + 1] + 1) * 8));
        }

        return next == 44 && at + 8 <= packet.Length && (packet[at + 2] != 0 || (packet[at + 3] & 0xf9) != 0);
    }

    /// <summary>Of an SCTP packet, its own field taken as zero; the value is stored with its low byte first.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> packet)
    {
        uint crc = uint.MaxValue;
        for (int i = 0; i < packet.Length; i++)
        {
            crc ^= i is >= 8 and < 12 ? 0u : packet[i];
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Castagnoli : crc >> 1;
            }
        }

        return ~crc;
    }

    /// <summary>A datagram may be shorter than its packet; the pseudo header counts its own length.</summary>
    private static bool IsValidUdp(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> transport)
    {
        int claimed = (transport[4] << 8) | transport[5];
        return claimed <= transport.Length && Of(transport[..claimed], (uint)(Pseudo(packet) - transport.Length + claimed)) == 0;
    }
}
