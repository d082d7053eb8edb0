using System.Buffers.Binary;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Fuzz;

/// <summary>Mends and judges the checksums of frames by <see cref="ReferenceChecksum"/>, which shares nothing with the code under test.</summary>
internal static class FrameChecksums
{
    private const int Virtio = ForwardingCore.VirtioHeaderBytes;

    /// <summary>Offset in the frame of a transport header that is inside the packet, and its protocol.</summary>
    public static bool TryTransport(ReadOnlySpan<byte> frame, out int at, out byte protocol)
    {
        (at, protocol) = (0, 0);
        ReadOnlySpan<byte> packet = frame.Length > Virtio ? frame[Virtio..] : default;
        int version = packet.IsEmpty ? 0 : packet[0] >> 4;
        if (version is not (4 or 6) || packet.Length < (version == 4 ? 20 : 40))
        {
            return false;
        }

        (int transport, protocol) = ReferenceChecksum.Transport(packet);
        at = transport + Virtio;
        return transport >= (version == 4 ? 20 : 40) && ReferenceChecksum.TotalBytes(packet) <= packet.Length && transport < ReferenceChecksum.TotalBytes(packet);
    }

    /// <summary>The kernel lets no packet with a wrong IPv4 header checksum into the TUN.</summary>
    public static void MendHeader(Span<byte> frame)
    {
        int header = frame.Length > Virtio ? (frame[Virtio] & 15) * 4 : 0;
        if (header >= 20 && frame[Virtio] >> 4 == 4 && frame.Length >= Virtio + header)
        {
            Span<byte> bytes = frame.Slice(Virtio, header);
            bytes[10] = bytes[11] = 0;
            BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], ReferenceChecksum.Of(bytes));
        }
    }

    /// <summary>Makes the transport checksum what it should be: complete, or the pseudo-header sum alone when the virtio header says so.</summary>
    public static void MendTransport(Span<byte> frame)
    {
        if (!TryTransport(frame, out int at, out byte protocol) || ReferenceChecksum.IsFragment(frame[Virtio..]))
        {
            return;
        }

        ReadOnlySpan<byte> packet = frame[Virtio..];
        Span<byte> transport = frame[at..(Virtio + ReferenceChecksum.TotalBytes(packet))];
        int field = protocol switch { 6 => 16, 17 => 6, 1 or 58 => 2, 132 => 8, _ => -1 };
        if (field < 0 || transport.Length < field + (protocol == 132 ? 4 : 2) || IsDatagramWithoutSum(packet, transport, protocol))
        {
            return;
        }

        if (protocol == 132)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(transport[8..], ReferenceChecksum.Crc32C(transport));
            return;
        }

        uint pseudo = protocol == 1 ? 0 : ReferenceChecksum.Pseudo(packet);
        if (protocol == 17)
        {
            int claimed = (transport[4] << 8) | transport[5];
            if (claimed is < 8 || claimed > transport.Length)
            {
                return;
            }

            pseudo = (uint)(pseudo - transport.Length + claimed);
            transport = transport[..claimed];
        }

        transport.Slice(field, 2).Clear();
        ushort sum = (frame[0] & 1) != 0 ? (ushort)~ReferenceChecksum.Of([], pseudo) : ReferenceChecksum.Of(transport, pseudo);
        BinaryPrimitives.WriteUInt16BigEndian(transport[field..], protocol == 17 && sum == 0 ? ushort.MaxValue : sum);
    }

    /// <summary>True for a frame whose IP header and transport checksum (complete or partial) are right; fragments: the IP header.</summary>
    public static bool IsRight(ReadOnlySpan<byte> frame)
    {
        if (!TryTransport(frame, out int at, out byte protocol))
        {
            return false;
        }

        ReadOnlySpan<byte> packet = frame[Virtio..];
        bool partial = (frame[0] & 1) != 0 && protocol is 6 or 17;
        if (!partial || ReferenceChecksum.IsFragment(packet))
        {
            bool judged = ReferenceChecksum.IsFragment(packet) || IsLongEnough(ReferenceChecksum.TotalBytes(packet) + Virtio - at, protocol);
            return judged && ReferenceChecksum.IsValid(packet);
        }

        int header = (packet[0] & 15) * 4;
        bool headerRight = packet[0] >> 4 == 6 || ReferenceChecksum.Of(packet[..header]) == 0;
        int field = at + (protocol == 6 ? 16 : 6);
        return headerRight && field + 2 <= frame.Length && IsPseudoSum(frame, field, protocol, at, packet);
    }

    private static bool IsPseudoSum(ReadOnlySpan<byte> frame, int field, byte protocol, int at, ReadOnlySpan<byte> packet)
    {
        uint pseudo = ReferenceChecksum.Pseudo(packet);
        if (protocol == 17)
        {
            int transportBytes = ReferenceChecksum.TotalBytes(packet) + Virtio - at;
            pseudo = (uint)(pseudo - transportBytes + ((frame[at + 4] << 8) | frame[at + 5]));
        }

        ushort sum = (ushort)~ReferenceChecksum.Of([], pseudo);
        ushort value = BinaryPrimitives.ReadUInt16BigEndian(frame[field..]);
        return value == sum || (value is 0 or ushort.MaxValue && sum is 0 or ushort.MaxValue);
    }

    private static bool IsLongEnough(int transportBytes, byte protocol) =>
        transportBytes >= protocol switch { 6 => 20, 17 or 1 or 58 => 8, 132 => 12, _ => 0 };

    private static bool IsDatagramWithoutSum(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> transport, byte protocol) =>
        protocol == 17 && packet[0] >> 4 == 4 && transport.Length >= 8 && transport[6] == 0 && transport[7] == 0;
}
