using System.Buffers.Binary;

namespace HaLvs.Forwarder.Packets;

/// <summary>
/// struct virtio_net_hdr (include/uapi/linux/virtio_net.h) as a TUN gives it, fields in host order of the little-endian machines that we run on:
/// flags, gso_type, hdr_len, gso_size, csum_start, csum_offset.
/// </summary>
internal static class VirtioHeader
{
    public const byte NeedsChecksum = 1;

    private const byte GsoTcp4 = 1;
    private const byte GsoTcp6 = 4;
    private const byte GsoUdpSegments = 5;
    private const byte GsoEcn = 0x80;
    private const int TcpChecksumOffset = 16;
    private const int UdpChecksumOffset = 6;

    /// <summary>False when a checksum or segment claim points outside the packet: the kernel would refuse it, and so do we.</summary>
    public static bool IsSane(ReadOnlySpan<byte> frame)
    {
        int packetBytes = frame.Length - ForwardingCore.VirtioHeaderBytes;
        bool checksumInside = (frame[0] & NeedsChecksum) == 0 || ChecksumStart(frame) + ChecksumOffset(frame) + 2 <= packetBytes;
        bool segmentsClaimed = frame[1] == 0 || SegmentBytes(frame) != 0;
        return checksumInside && segmentsClaimed;
    }

    /// <summary>True when the claims fit the transport header that was found; a translated packet must not be sent on with others.</summary>
    public static bool Fits(ReadOnlySpan<byte> frame, in Packet packet)
    {
        bool checksumFits = !packet.PartialChecksum
            || (ChecksumStart(frame) == packet.HeaderBytes && ChecksumOffset(frame) == FieldOf(packet.Protocol));
        int gso = frame[1] & ~GsoEcn;
        return checksumFits && (gso == 0 || gso == SegmentsOf(in packet));
    }

    private static int FieldOf(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => TcpChecksumOffset,
        TransportProtocol.Udp => UdpChecksumOffset,
        _ => SctpChecksum.FieldAt,
    };

    /// <summary>The gso_type that super-packets of this protocol have; SCTP ones do not cross a TUN.</summary>
    private static int SegmentsOf(in Packet packet) => packet.Protocol switch
    {
        TransportProtocol.Tcp => packet.IsV6 ? GsoTcp6 : GsoTcp4,
        TransportProtocol.Udp => GsoUdpSegments,
        _ => 0,
    };

    public static bool IsPartial(ReadOnlySpan<byte> frame) => (frame[0] & NeedsChecksum) != 0;

    public static ushort SegmentBytes(ReadOnlySpan<byte> frame) =>
        frame[1] == 0 ? (ushort)0 : BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]);

    /// <summary>A packet that the core wrote itself: complete checksums, no segments.</summary>
    public static void Clear(Span<byte> frame) => frame[..ForwardingCore.VirtioHeaderBytes].Clear();

    private static int ChecksumStart(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]);

    private static int ChecksumOffset(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt16LittleEndian(frame[8..]);
}
