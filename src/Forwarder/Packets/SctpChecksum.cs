using System.Buffers.Binary;
using System.Numerics;

namespace HaLvs.Forwarder.Packets;

/// <summary>CRC32c over a whole SCTP packet with its checksum field taken as zero (RFC 9260 section 6.8, appendix A). No pseudo header.</summary>
internal static class SctpChecksum
{
    public const int FieldAt = 8;

    public static bool IsRight(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt32LittleEndian(packet[FieldAt..]) == Of(packet);

    public static void Write(Span<byte> packet) => BinaryPrimitives.WriteUInt32LittleEndian(packet[FieldAt..], Of(packet));

    private static uint Of(ReadOnlySpan<byte> packet)
    {
        uint crc = Add(uint.MaxValue, packet[..FieldAt]);
        crc = BitOperations.Crc32C(crc, 0u);
        return ~Add(crc, packet[(FieldAt + 4)..]);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
