using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Helpers;

/// <summary>Gives a TCP segment another payload, of another length perhaps: IP length, checksums and the claims of the virtio header follow.</summary>
internal static class SegmentResize
{
    private const int Ip = ForwardingCore.VirtioHeaderBytes;
    private const int LargestPacket = ushort.MaxValue;
    private const int ChecksumAt = 16;
    private const byte GsoTcp4 = 1;
    private const byte GsoTcp6 = 4;

    /// <summary>VIRTIO_NET_HDR_GSO_ECN: the first segment alone says CWR (RFC 3168 section 6.1.2): the window was reduced once.</summary>
    private const byte GsoEcn = 0x80;
    private const int FlagsAt = 13;
    private const byte CongestionWindowReduced = 0x80;

    /// <summary>False: it would not fit into a packet, nothing was changed.</summary>
    /// <param name="mtu">A segment that grows beyond it is marked for the kernel to cut.</param>
    public static bool TryReplace(Span<byte> frame, ref Packet packet, ReadOnlySpan<byte> payload, int mtu)
    {
        int at = packet.Transport + packet.TransportHeaderBytes;
        int oldBytes = packet.TransportBytes - packet.TransportHeaderBytes;
        int oldTotal = packet.TotalBytes;
        if (oldTotal + payload.Length - oldBytes > LargestPacket || at + payload.Length > frame.Length)
        {
            return false;
        }

        uint lengths = InternetChecksum.Delta((ushort)packet.TransportBytes, (ushort)(packet.TransportBytes + payload.Length - oldBytes));
        uint contents = InternetChecksum.Delta(InternetChecksum.Sum(frame.Slice(at, oldBytes)), InternetChecksum.Sum(payload));
        Span<byte> field = frame[(packet.Transport + ChecksumAt)..];
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(field);
        BinaryPrimitives.WriteUInt16BigEndian(field, packet.PartialChecksum
            ? InternetChecksum.UpdatePartial(checksum, lengths)
            : InternetChecksum.Update(checksum, lengths + contents));
        payload.CopyTo(frame[at..]);
        Grow(frame, ref packet, payload.Length - oldBytes);
        Segment(frame, ref packet, payload.Length, oldTotal <= mtu && packet.TotalBytes > mtu ? oldBytes : 0);
        return true;
    }

    private static void Grow(Span<byte> frame, ref Packet packet, int bytes)
    {
        packet.TotalBytes += bytes;
        packet.FrameLength = Ip + packet.TotalBytes;
        if (frame[Ip] >> 4 == 6)
        {
            Add(frame[(Ip + 4)..], bytes);
            return;
        }

        uint delta = Add(frame[(Ip + 2)..], bytes);
        Span<byte> field = frame[(Ip + 10)..];
        BinaryPrimitives.WriteUInt16BigEndian(field, InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(field), delta));
    }

    private static uint Add(Span<byte> length, int bytes)
    {
        ushort before = BinaryPrimitives.ReadUInt16BigEndian(length);
        ushort after = (ushort)(before + bytes);
        BinaryPrimitives.WriteUInt16BigEndian(length, after);
        return InternetChecksum.Delta(before, after);
    }

    /// <summary>A super-packet that one segment can hold is none any more; a segment that became too long is one now.</summary>
    private static void Segment(Span<byte> frame, ref Packet packet, int payloadBytes, int newSegmentBytes)
    {
        if (packet.SegmentBytes != 0 && payloadBytes <= packet.SegmentBytes)
        {
            packet.SegmentBytes = 0;
            frame[1] = 0;
            BinaryPrimitives.WriteUInt16LittleEndian(frame[4..], 0);
        }
        else if (packet.SegmentBytes == 0 && newSegmentBytes > 0)
        {
            MakePartial(frame, ref packet);
            packet.SegmentBytes = (ushort)newSegmentBytes;
            bool reduced = (frame[packet.Transport + FlagsAt] & CongestionWindowReduced) != 0;
            frame[1] = (byte)((frame[Ip] >> 4 == 6 ? GsoTcp6 : GsoTcp4) | (reduced ? GsoEcn : 0));
            BinaryPrimitives.WriteUInt16LittleEndian(frame[2..], (ushort)(packet.HeaderBytes + packet.TransportHeaderBytes));
            BinaryPrimitives.WriteUInt16LittleEndian(frame[4..], packet.SegmentBytes);
        }
    }

    /// <summary>The kernel cuts only what it may sum itself: the field keeps the pseudo header alone, which is the whole sum without the segment's.</summary>
    private static void MakePartial(Span<byte> frame, ref Packet packet)
    {
        if (packet.PartialChecksum)
        {
            return;
        }

        Span<byte> segment = frame.Slice(packet.Transport, packet.TransportBytes);
        Span<byte> field = segment[ChecksumAt..];
        ushort complete = (ushort)~BinaryPrimitives.ReadUInt16BigEndian(field);
        field[..2].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(field, InternetChecksum.Fold((ulong)complete + (ushort)~InternetChecksum.Sum(segment)));
        packet.PartialChecksum = true;
        frame[0] |= VirtioHeader.NeedsChecksum;
        BinaryPrimitives.WriteUInt16LittleEndian(frame[6..], (ushort)packet.HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[8..], ChecksumAt);
    }
}
