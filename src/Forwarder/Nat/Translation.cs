using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Nat;

/// <summary>
/// Rewrites one end of a TCP, UDP or SCTP packet in place, with every checksum that covers it (RFC 3022 section 4.1, RFC 1624). What was wrong before
/// stays wrong. A first fragment is rewritten like a whole packet: the updates need no more than what changes.
/// </summary>
internal static class Translation
{
    private const int Ip = ForwardingCore.VirtioHeaderBytes;
    private const int SourceAddress4 = 12;
    private const int DestinationAddress4 = 16;

    public static void Source(Span<byte> frame, in Packet packet, Ip address, ushort port)
    {
        uint addressDelta = ReplaceAddress(frame, SourceAt(frame), address);
        Finish(frame, in packet, addressDelta, portAt: 0, port);
    }

    public static void Destination(Span<byte> frame, in Packet packet, Ip address, ushort port)
    {
        uint addressDelta = ReplaceAddress(frame, DestinationAt(frame), address);
        Finish(frame, in packet, addressDelta, portAt: 2, port);
    }

    /// <summary>Only the address and what the IP header's own checksum makes of it; returns what it adds to a sum over a pseudo header.</summary>
    public static uint SourceAddressOnly(Span<byte> frame, Ip address) => UpdateHeader(frame, ReplaceAddress(frame, SourceAt(frame), address));

    public static uint DestinationAddressOnly(Span<byte> frame, Ip address) =>
        UpdateHeader(frame, ReplaceAddress(frame, DestinationAt(frame), address));

    /// <summary>
    /// The packet crosses two routing steps of the director, and clients are to see one hop: the step into the core is given back. Only for packets
    /// that leave with another address: a packet passed unchanged keeps its loss, or a routing loop through the core would never end.
    /// </summary>
    public static void GiveBackHop(Span<byte> frame)
    {
        byte hops = frame[Ip + (IsV6(frame) ? 7 : 8)];
        if (hops != byte.MaxValue)
        {
            SetHops(frame, (byte)(hops + 1));
        }
    }

    /// <summary>Writes the time to live or hop limit.</summary>
    public static void SetHops(Span<byte> frame, byte value)
    {
        ref byte hops = ref frame[Ip + (IsV6(frame) ? 7 : 8)];
        UpdateHeader(frame, InternetChecksum.Delta((ushort)(hops << 8), (ushort)(value << 8)));
        hops = value;
    }

    /// <summary>Replaces a 16-bit word and says what that adds to a sum over it.</summary>
    public static uint ReplaceWord(Span<byte> at, ushort value)
    {
        ushort before = BinaryPrimitives.ReadUInt16BigEndian(at);
        BinaryPrimitives.WriteUInt16BigEndian(at, value);
        return InternetChecksum.Delta(before, value);
    }

    /// <summary>Replaces the address, 4 or 16 bytes, at an offset of the frame and says what that adds to a sum over it.</summary>
    public static uint ReplaceAddress(Span<byte> frame, int at, Ip value)
    {
        Span<byte> field = frame[at..];
        if (value.IsV4)
        {
            uint before = BinaryPrimitives.ReadUInt32BigEndian(field);
            BinaryPrimitives.WriteUInt32BigEndian(field, value.V4);
            return InternetChecksum.Delta(before, value.V4);
        }

        Ip old = Ipv6Header.Address(field);
        BinaryPrimitives.WriteUInt64BigEndian(field, value.High);
        BinaryPrimitives.WriteUInt64BigEndian(field[8..], value.Low);
        return InternetChecksum.Delta(old, value);
    }

    private static bool IsV6(ReadOnlySpan<byte> frame) => frame[Ip] >> 4 == 6;

    private static int SourceAt(ReadOnlySpan<byte> frame) => Ip + (IsV6(frame) ? Ipv6Header.SourceAt : SourceAddress4);

    private static int DestinationAt(ReadOnlySpan<byte> frame) => Ip + (IsV6(frame) ? Ipv6Header.DestinationAt : DestinationAddress4);

    private static void Finish(Span<byte> frame, in Packet packet, uint addressDelta, int portAt, ushort port)
    {
        UpdateHeader(frame, addressDelta);
        if (packet.Protocol == TransportProtocol.Sctp)
        {
            SctpTranslation.ReplacePort(frame, in packet, portAt, port);
            return;
        }

        uint portDelta = ReplaceWord(frame[(packet.Transport + portAt)..], port);
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
    /// A datagram without a checksum leaves with one, as the kernel sends it; zero means "none", so a sum of zero is written as 0xffff (RFC 768). A
    /// fragment without one stays so: the rest of the datagram is not here.
    /// </summary>
    private static ushort UdpChecksum(ReadOnlySpan<byte> frame, in Packet packet, ushort before, uint delta)
    {
        if (before == 0 && packet.IsFragment)
        {
            return 0;
        }

        ushort after = before == 0 ? ComputeUdp(frame, in packet) : InternetChecksum.Update(before, delta);
        return after == 0 ? ushort.MaxValue : after;
    }

    private static ushort ComputeUdp(ReadOnlySpan<byte> frame, in Packet packet)
    {
        int bytes = BinaryPrimitives.ReadUInt16BigEndian(frame[(packet.Transport + 4)..]);
        ulong pseudo = InternetChecksum.PseudoHeader(frame, TransportProtocol.Udp, bytes);
        return (ushort)~InternetChecksum.Sum(frame.Slice(packet.Transport, bytes), pseudo);
    }

    /// <summary>The IPv4 header checksum after a change of its header; IPv6 has none. Returns the change.</summary>
    public static uint UpdateHeader(Span<byte> frame, uint delta)
    {
        if (!IsV6(frame))
        {
            Span<byte> field = frame[(Ip + 10)..];
            BinaryPrimitives.WriteUInt16BigEndian(field, InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(field), delta));
        }

        return delta;
    }
}
