using System.Buffers.Binary;

namespace HaLvs.Linux.Tests;

/// <summary>The SYN+ACK to a SYN, in the SYN's own frame.</summary>
internal static class TcpAnswer
{
    public static Span<byte> ToSyn(Span<byte> frame, int headerBytes)
    {
        frame[..TunDevice.HeaderBytes].Clear();
        Span<byte> packet = frame[TunDevice.HeaderBytes..];
        bool v6 = headerBytes == 40;
        Swap(v6 ? packet.Slice(8, 32) : packet.Slice(12, 8));
        Span<byte> segment = packet[headerBytes..];
        Swap(segment[..4]);
        BinaryPrimitives.WriteUInt32BigEndian(segment[8..], BinaryPrimitives.ReadUInt32BigEndian(segment[4..]) + 1);
        segment[13] = 0x12;
        segment[16..18].Clear();
        long sum = 6 + segment.Length + Sum(v6 ? packet.Slice(8, 32) : packet.Slice(12, 8)) + Sum(segment);
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], Folded(sum));
        return frame;
    }

    private static void Swap(Span<byte> pair)
    {
        byte[] first = pair[..(pair.Length / 2)].ToArray();
        pair[(pair.Length / 2)..].CopyTo(pair);
        first.CopyTo(pair[(pair.Length / 2)..]);
    }

    private static long Sum(ReadOnlySpan<byte> bytes)
    {
        long sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        return sum;
    }

    private static ushort Folded(long sum)
    {
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
