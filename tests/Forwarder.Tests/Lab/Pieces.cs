using System.Buffers.Binary;

namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>Cuts a packet into fragments and puts them together again, as hosts do (RFC 791 section 3.2, RFC 8200 section 4.5).</summary>
internal static class Pieces
{
    /// <summary>Pieces of at most so many bytes of payload, a multiple of eight.</summary>
    public static byte[][] Cut(byte[] packet, int bytes, uint identification = 7)
    {
        (int at, _) = ReferenceChecksum.Transport(packet);
        byte[] payload = packet[at..];
        return [.. Enumerable.Range(0, (payload.Length + bytes - 1) / bytes)
            .Select(i => Piece(packet, payload[(i * bytes)..Math.Min((i + 1) * bytes, payload.Length)], i * bytes, (i + 1) * bytes < payload.Length, identification))];
    }

    /// <summary>One piece of a packet with a payload of its own.</summary>
    public static byte[] Piece(byte[] packet, byte[] payload, int offset, bool more, uint identification = 7)
    {
        (int at, byte protocol) = ReferenceChecksum.Transport(packet);
        if (packet[0] >> 4 == 4)
        {
            byte[] piece = [.. packet[..at], .. payload];
            BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(2), (ushort)piece.Length);
            BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(4), (ushort)identification);
            BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(6), (ushort)((offset / 8) | (more ? 0x2000 : 0)));
            return Wire.WriteHeaderChecksum(piece);
        }

        byte[] header = new byte[8];
        header[0] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(offset | (more ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), identification);
        byte[] whole = [.. packet[..40], .. header, .. payload];
        whole[6] = 44;
        BinaryPrimitives.WriteUInt16BigEndian(whole.AsSpan(4), (ushort)(whole.Length - 40));
        return whole;
    }

    /// <summary>The whole packet; the pieces must be complete, of one datagram and of right header checksums.</summary>
    public static byte[] Join(IEnumerable<byte[]> pieces)
    {
        byte[][] sorted = [.. pieces.OrderBy(OffsetOf)];
        Assert.All(sorted, p => Assert.True(ReferenceChecksum.IsValid(p)));
        (int at, byte protocol) = ReferenceChecksum.Transport(sorted[0]);
        byte[] payload = [];
        foreach (byte[] piece in sorted)
        {
            Assert.Equal(payload.Length, OffsetOf(piece));
            payload = [.. payload, .. piece[ReferenceChecksum.Transport(piece).At..]];
        }

        if (sorted[0][0] >> 4 == 4)
        {
            byte[] whole = [.. sorted[0][..at], .. payload];
            BinaryPrimitives.WriteUInt16BigEndian(whole.AsSpan(2), (ushort)whole.Length);
            whole[6] = whole[7] = 0;
            return Wire.WriteHeaderChecksum(whole);
        }

        byte[] packet = [.. sorted[0][..40], .. payload];
        packet[6] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)payload.Length);
        return packet;
    }

    private static int OffsetOf(byte[] piece) =>
        piece[0] >> 4 == 4 ? (((piece[6] & 0x1f) << 8) | piece[7]) * 8 : ((piece[42] << 8) | piece[43]) & ~7;
}
