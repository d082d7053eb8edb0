using System.Buffers.Binary;
using System.Net;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Linux.Tests.Offload;

/// <summary>Ethernet frames with whole checksums, built anew from what they are to hold: never from the program's own arithmetic.</summary>
internal static class Frame
{
    public const int Ethernet = 14;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Sctp = 132;

    public static byte[] Build(byte protocol, IPEndPoint from, IPEndPoint to, byte[] body, byte ttl = 64, byte flags = 0x10, byte[]? macs = null)
    {
        bool v6 = from.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        byte[] transport = Transport(protocol, (ushort)from.Port, (ushort)to.Port, body, flags);
        byte[] packet = [.. v6 ? HeaderV6(protocol, from, to, transport.Length, ttl) : HeaderV4(protocol, from, to, transport.Length, ttl), .. transport];
        WriteChecksums(packet, protocol);
        return [.. macs ?? new byte[12], .. v6 ? (byte[])[0x86, 0xdd] : [0x08, 0x00], .. packet];
    }

    public static void WriteChecksums(byte[] packet, byte protocol)
    {
        int at = packet[0] >> 4 == 6 ? 40 : (packet[0] & 15) * 4;
        if (at != 40 || packet[0] >> 4 == 4)
        {
            packet[10] = packet[11] = 0;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), ReferenceChecksum.Of(packet.AsSpan(0, at)));
        }

        if (protocol == Sctp)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(at + 8), ReferenceChecksum.Crc32C(packet.AsSpan(at)));
            return;
        }

        Span<byte> field = packet.AsSpan(at + (protocol == Tcp ? 16 : 6), 2);
        field.Clear();
        ushort sum = ReferenceChecksum.Of(packet.AsSpan(at), ReferenceChecksum.Pseudo(packet));
        BinaryPrimitives.WriteUInt16BigEndian(field, protocol == Udp && sum == 0 ? ushort.MaxValue : sum);
    }

    private static byte[] HeaderV4(byte protocol, IPEndPoint from, IPEndPoint to, int bytes, byte ttl)
    {
        byte[] header = new byte[20];
        header[0] = 0x45;
        header[1] = 0xb9; // DSCP EF, ECT(1)
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(20 + bytes));
        header[4] = 0x12;
        header[6] = 0x40;
        header[8] = ttl;
        header[9] = protocol;
        from.Address.TryWriteBytes(header.AsSpan(12), out _);
        to.Address.TryWriteBytes(header.AsSpan(16), out _);
        return header;
    }

    private static byte[] HeaderV6(byte protocol, IPEndPoint from, IPEndPoint to, int bytes, byte ttl)
    {
        byte[] header = new byte[40];
        BinaryPrimitives.WriteUInt32BigEndian(header, 0x6b91_2345);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)bytes);
        header[6] = protocol;
        header[7] = ttl;
        from.Address.TryWriteBytes(header.AsSpan(8), out _);
        to.Address.TryWriteBytes(header.AsSpan(24), out _);
        return header;
    }

    private static byte[] Transport(byte protocol, ushort from, ushort to, byte[] body, byte flags)
    {
        byte[] header = new byte[protocol == Tcp ? 20 : protocol == Udp ? 8 : 12];
        BinaryPrimitives.WriteUInt16BigEndian(header, from);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), to);
        if (protocol == Tcp)
        {
            header[7] = 77;
            header[11] = 99;
            header[12] = 0x50;
            header[13] = flags;
            header[14] = 0x72;
        }
        else if (protocol == Udp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)(8 + body.Length));
        }

        return [.. header, .. body];
    }
}
