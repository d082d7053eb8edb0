using System.Buffers.Binary;

namespace HaLvs.Forwarder.Packets;

/// <summary>
/// Reads headers and refuses what lies. Nothing behind it checks lengths again: after <see cref="ParseNetwork"/> the IPv4 header is inside the
/// frame, after <see cref="ParseTransport"/> the transport header too.
/// </summary>
internal static class PacketParser
{
    public const int MinimumHeaderBytes = 20;
    public const int UdpHeaderBytes = 8;
    public const int IcmpHeaderBytes = 8;

    private const int Ip = ForwardingCore.VirtioHeaderBytes;
    private const ushort DontFragmentBit = 0x4000;
    private const ushort MoreFragmentsOrOffset = 0x3fff;

    public static DropReason ParseNetwork(ReadOnlySpan<byte> frame, ref Packet packet)
    {
        if (frame.Length <= Ip)
        {
            return DropReason.Truncated;
        }

        int version = frame[Ip] >> 4;
        if (version != 4)
        {
            return version == 6 ? DropReason.UnsupportedVersion : DropReason.NotIp;
        }

        if (frame.Length < Ip + MinimumHeaderBytes)
        {
            return DropReason.Truncated;
        }

        DropReason lengths = CheckLengths(frame, ref packet);
        if (lengths != DropReason.None)
        {
            return lengths;
        }

        ReadHeader(frame, ref packet);
        return VirtioHeader.IsSane(frame) ? DropReason.None : DropReason.BadVirtioHeader;
    }

    /// <summary>TCP and UDP ports, flags and header length; RFC 9293 section 3.1, RFC 768.</summary>
    public static DropReason ParseTransport(ReadOnlySpan<byte> frame, ref Packet packet)
    {
        int minimum = packet.Protocol == TransportProtocol.Tcp ? MinimumHeaderBytes : UdpHeaderBytes;
        if (packet.TransportBytes < minimum)
        {
            return DropReason.Truncated;
        }

        ReadOnlySpan<byte> transport = frame[packet.Transport..];
        packet.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(transport);
        packet.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
        DropReason header = packet.Protocol == TransportProtocol.Tcp ? ReadTcp(transport, ref packet) : ReadUdp(transport, ref packet);
        return header != DropReason.None || VirtioHeader.Fits(frame, in packet) ? header : DropReason.BadVirtioHeader;
    }

    private static DropReason CheckLengths(ReadOnlySpan<byte> frame, ref Packet packet)
    {
        packet.FrameLength = frame.Length;
        packet.HeaderBytes = (frame[Ip] & 0x0f) * 4;
        packet.TotalBytes = BinaryPrimitives.ReadUInt16BigEndian(frame[(Ip + 2)..]);
        if (packet.HeaderBytes < MinimumHeaderBytes || packet.HeaderBytes > frame.Length - Ip)
        {
            return DropReason.BadHeaderLength;
        }

        if (packet.TotalBytes < packet.HeaderBytes)
        {
            return DropReason.BadTotalLength;
        }

        return packet.TotalBytes > frame.Length - Ip ? DropReason.Truncated : DropReason.None;
    }

    private static void ReadHeader(ReadOnlySpan<byte> frame, ref Packet packet)
    {
        ushort fragment = BinaryPrimitives.ReadUInt16BigEndian(frame[(Ip + 6)..]);
        packet.IsFragment = (fragment & MoreFragmentsOrOffset) != 0;
        packet.DontFragment = (fragment & DontFragmentBit) != 0;
        packet.TimeToLive = frame[Ip + 8];
        packet.Protocol = (TransportProtocol)frame[Ip + 9];
        packet.Source = Packets.Ip.FromV4(BinaryPrimitives.ReadUInt32BigEndian(frame[(Ip + 12)..]));
        packet.Destination = Packets.Ip.FromV4(BinaryPrimitives.ReadUInt32BigEndian(frame[(Ip + 16)..]));
        packet.PartialChecksum = VirtioHeader.IsPartial(frame);
        packet.SegmentBytes = VirtioHeader.SegmentBytes(frame);
    }

    private static DropReason ReadTcp(ReadOnlySpan<byte> transport, ref Packet packet)
    {
        packet.TransportHeaderBytes = (transport[12] >> 4) * 4;
        packet.Flags = (TcpFlags)transport[13] & (TcpFlags.Fin | TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Ack);
        bool inside = packet.TransportHeaderBytes >= MinimumHeaderBytes && packet.TransportHeaderBytes <= packet.TransportBytes;
        return inside ? DropReason.None : DropReason.BadHeaderLength;
    }

    private static DropReason ReadUdp(ReadOnlySpan<byte> transport, ref Packet packet)
    {
        packet.TransportHeaderBytes = UdpHeaderBytes;
        int claimed = BinaryPrimitives.ReadUInt16BigEndian(transport[4..]);
        return claimed >= UdpHeaderBytes && claimed <= packet.TransportBytes ? DropReason.None : DropReason.BadTotalLength;
    }
}
