using System.Buffers.Binary;

namespace HaLvs.Forwarder.Packets;

/// <summary>
/// Reads headers and refuses what lies. Nothing behind it checks lengths again: after <see cref="ParseNetwork"/> the IP header (with options or
/// extension headers) is inside the frame, after <see cref="ParseTransport"/> the transport header too.
/// </summary>
internal static class PacketParser
{
    public const int MinimumHeaderBytes = 20;
    public const int UdpHeaderBytes = 8;
    public const int IcmpHeaderBytes = 8;

    private const int Ip = ForwardingCore.VirtioHeaderBytes;
    private const int LargestPacket = 65_535;

    public static DropReason ParseNetwork(ReadOnlySpan<byte> frame, ref Packet packet)
    {
        if (frame.Length <= Ip)
        {
            return DropReason.Truncated;
        }

        packet.FrameLength = frame.Length;
        DropReason refused = (frame[Ip] >> 4) switch
        {
            4 => Ipv4Header.Read(frame, ref packet),
            6 => Ipv6Header.Read(frame, ref packet),
            _ => DropReason.NotIp,
        };
        if (refused != DropReason.None)
        {
            return refused;
        }

        packet.PartialChecksum = VirtioHeader.IsPartial(frame);
        packet.SegmentBytes = VirtioHeader.SegmentBytes(frame);
        if (!VirtioHeader.IsSane(frame) || (packet.IsFragment && (packet.PartialChecksum || packet.SegmentBytes != 0)))
        {
            return DropReason.BadVirtioHeader;
        }

        return packet.IsFragment ? CheckFragment(in packet) : DropReason.None;
    }

    /// <summary>Ports, flags and header length of TCP, UDP and SCTP: RFC 9293 section 3.1, RFC 768, RFC 9260 section 3.</summary>
    public static DropReason ParseTransport(ReadOnlySpan<byte> frame, ref Packet packet)
    {
        int minimum = packet.Protocol switch
        {
            TransportProtocol.Tcp => MinimumHeaderBytes,
            TransportProtocol.Udp => UdpHeaderBytes,
            _ => SctpChunks.CommonHeaderBytes + SctpChunks.ChunkHeaderBytes,
        };
        if (packet.TransportBytes < minimum)
        {
            return packet.IsFragment ? DropReason.FragmentTiny : DropReason.Truncated;
        }

        ReadOnlySpan<byte> transport = frame.Slice(packet.Transport, packet.TransportBytes);
        packet.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(transport);
        packet.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
        DropReason header = packet.Protocol switch
        {
            TransportProtocol.Tcp => ReadTcp(transport, ref packet),
            TransportProtocol.Udp => ReadUdp(transport, ref packet),
            _ => ReadSctp(transport, ref packet),
        };
        return header != DropReason.None || VirtioHeader.Fits(frame, in packet) ? header : DropReason.BadVirtioHeader;
    }

    /// <summary>All but the last are multiples of eight bytes, and none reaches behind the largest packet (RFC 791 section 3.2, RFC 8200 section 4.5).</summary>
    private static DropReason CheckFragment(in Packet packet)
    {
        bool odd = packet.MoreFragments && packet.TransportBytes % 8 != 0;
        bool empty = packet.TransportBytes == 0;
        return odd || empty || packet.HeaderBytes + packet.FragmentOffsetBytes + packet.TransportBytes > LargestPacket
            ? DropReason.BadFragment
            : DropReason.None;
    }

    private static DropReason ReadTcp(ReadOnlySpan<byte> transport, ref Packet packet)
    {
        packet.TransportHeaderBytes = (transport[12] >> 4) * 4;
        packet.Flags = (TcpFlags)transport[13] & (TcpFlags.Fin | TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Ack);
        packet.Sequence = BinaryPrimitives.ReadUInt32BigEndian(transport[4..]);
        packet.Acknowledgement = BinaryPrimitives.ReadUInt32BigEndian(transport[8..]);
        packet.Window = BinaryPrimitives.ReadUInt16BigEndian(transport[14..]);
        if (packet.TransportHeaderBytes < MinimumHeaderBytes)
        {
            return DropReason.BadHeaderLength;
        }

        bool inside = packet.TransportHeaderBytes <= packet.TransportBytes;
        return inside ? DropReason.None : packet.IsFragment ? DropReason.FragmentTiny : DropReason.BadHeaderLength;
    }

    /// <summary>IPv6 has no datagrams without a checksum (RFC 8200 section 8.1); RFC 6935 allows them to tunnels that ask for it, and no service does.</summary>
    private static DropReason ReadUdp(ReadOnlySpan<byte> transport, ref Packet packet)
    {
        packet.TransportHeaderBytes = UdpHeaderBytes;
        int claimed = BinaryPrimitives.ReadUInt16BigEndian(transport[4..]);
        if (claimed < UdpHeaderBytes || (claimed > packet.TransportBytes && !packet.IsFragment))
        {
            return DropReason.BadTotalLength;
        }

        bool none = BinaryPrimitives.ReadUInt16BigEndian(transport[6..]) == 0 && !packet.PartialChecksum;
        return none && packet.IsV6 ? DropReason.NoChecksum : DropReason.None;
    }

    private static DropReason ReadSctp(ReadOnlySpan<byte> transport, ref Packet packet)
    {
        packet.TransportHeaderBytes = SctpChunks.CommonHeaderBytes;
        SctpChunks.Read(transport, ref packet);
        return DropReason.None;
    }
}
