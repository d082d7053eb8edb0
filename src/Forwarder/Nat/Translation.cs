using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Nat;

/// <summary>Rewrites one end of a TCP or UDP packet in place, with every checksum that covers it (RFC 3022 section 4.1, RFC 1624).</summary>
internal static class Translation
{
    private const int Ip = ForwardingCore.VirtioHeaderBytes;
    private const int SourceAddress = Ip + 12;
    private const int DestinationAddress = Ip + 16;

    public static void Source(Span<byte> frame, in Packet packet, Ip address, ushort port)
    {
        uint addressDelta = ReplaceAddress(frame, SourceAddress, address.V4);
        uint portDelta = ReplaceWord(frame[packet.Transport..], port);
        Finish(frame, in packet, addressDelta, portDelta);
    }

    public static void Destination(Span<byte> frame, in Packet packet, Ip address, ushort port)
    {
        uint addressDelta = ReplaceAddress(frame, DestinationAddress, address.V4);
        uint portDelta = ReplaceWord(frame[(packet.Transport + 2)..], port);
        Finish(frame, in packet, addressDelta, portDelta);
    }

    /// <summary>Only the address of the IP header, for ICMP, which has no pseudo header.</summary>
    public static void SourceAddressOnly(Span<byte> frame, Ip address) => UpdateHeader(frame, ReplaceAddress(frame, SourceAddress, address.V4));

    public static void DestinationAddressOnly(Span<byte> frame, Ip address) => UpdateHeader(frame, ReplaceAddress(frame, DestinationAddress, address.V4));

    /// <summary>
    /// The packet crosses two routing steps of the director, and clients are to see one hop: the step into the core is given back. Only for packets
    /// that leave with another address: a packet passed unchanged keeps its loss, or a routing loop through the core would never end.
    /// </summary>
    public static void GiveBackHop(Span<byte> frame)
    {
        if (frame[Ip + 8] != byte.MaxValue)
        {
            ushort before = BinaryPrimitives.ReadUInt16BigEndian(frame[(Ip + 8)..]);
            UpdateHeader(frame, ReplaceWord(frame[(Ip + 8)..], (ushort)(before + 0x100)));
        }
    }

    /// <summary>Replaces a 16-bit word and says what that adds to a sum over it.</summary>
    public static uint ReplaceWord(Span<byte> at, ushort value)
    {
        ushort before = BinaryPrimitives.ReadUInt16BigEndian(at);
        BinaryPrimitives.WriteUInt16BigEndian(at, value);
        return InternetChecksum.Delta(before, value);
    }

    public static uint ReplaceAddress(Span<byte> frame, int at, uint value)
    {
        uint before = BinaryPrimitives.ReadUInt32BigEndian(frame[at..]);
        BinaryPrimitives.WriteUInt32BigEndian(frame[at..], value);
        return InternetChecksum.Delta(before, value);
    }

    private static void Finish(Span<byte> frame, in Packet packet, uint addressDelta, uint portDelta)
    {
        UpdateHeader(frame, addressDelta);
        Span<byte> field = frame[(packet.Transport + (packet.Protocol == TransportProtocol.Tcp ? 16 : 6))..];
        ushort before = BinaryPrimitives.ReadUInt16BigEndian(field);
        ushort after;
        if (packet.PartialChecksum)
        {
            after = InternetChecksum.UpdatePartial(before, addressDelta);
        }
        else if (packet.Protocol == TransportProtocol.Udp)
        {
            after = UdpChecksum(frame, in packet, before, addressDelta + portDelta);
        }
        else
        {
            after = InternetChecksum.Update(before, addressDelta + portDelta);
        }

        BinaryPrimitives.WriteUInt16BigEndian(field, after);
    }

    /// <summary>
    /// A datagram without a checksum leaves with one, as the kernel sends it; zero means "none", so a sum of zero is written as 0xffff (RFC 768).
    /// </summary>
    private static ushort UdpChecksum(Span<byte> frame, in Packet packet, ushort before, uint delta)
    {
        ushort after = before == 0 ? ComputeUdp(frame, in packet) : InternetChecksum.Update(before, delta);
        return after == 0 ? ushort.MaxValue : after;
    }

    private static ushort ComputeUdp(ReadOnlySpan<byte> frame, in Packet packet)
    {
        int bytes = BinaryPrimitives.ReadUInt16BigEndian(frame[(packet.Transport + 4)..]);
        uint source = BinaryPrimitives.ReadUInt32BigEndian(frame[SourceAddress..]);
        uint destination = BinaryPrimitives.ReadUInt32BigEndian(frame[DestinationAddress..]);
        ulong pseudo = InternetChecksum.PseudoHeader(source, destination, TransportProtocol.Udp, bytes);
        return (ushort)~InternetChecksum.Sum(frame.Slice(packet.Transport, bytes), pseudo);
    }

    private static void UpdateHeader(Span<byte> frame, uint delta)
    {
        Span<byte> field = frame[(Ip + 10)..];
        BinaryPrimitives.WriteUInt16BigEndian(field, InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(field), delta));
    }
}
