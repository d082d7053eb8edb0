using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Nat;

/// <summary>
/// ICMP errors that the core sends itself, written over the packet that they quote (RFC 1812 section 4.3.2, RFC 4443 section 2.4). Callers name them in
/// ICMP's words; an IPv6 packet is answered with what ICMPv6 has for it.
/// </summary>
internal sealed class IcmpErrors
{
    private const int Ip = ForwardingCore.VirtioHeaderBytes;

    /// <summary>The whole message stays within what every link carries: 576 bytes (RFC 1812 section 4.3.2.3), 1280 (RFC 4443 section 2.4c).</summary>
    private const int Largest4 = 576;
    private const int Largest6 = 1280;

    /// <summary>Precedence "internetwork control", as RFC 1812 section 4.3.2.5 asks and the kernel sends.</summary>
    private const byte Precedence = 0xc0;

    private readonly TokenBucket _limit = new(perSecond: 1000, burst: 200);
    private ushort _identification;

    /// <summary>Length of the frame, or 0 when none may be sent: too many of late, or no room for the quote.</summary>
    /// <param name="type">Of ICMP, <see cref="IcmpType"/>.</param>
    public int Write(Span<byte> frame, in Packet packet, Ip source, byte type, byte code, ushort nextHopMtu, long now)
    {
        int headers = IpHeader.BytesOf(source) + PacketParser.IcmpHeaderBytes;
        int room = Math.Min(frame.Length - Ip - headers, (packet.IsV6 ? Largest6 : Largest4) - headers);
        int quote = Math.Min(packet.TotalBytes, room);
        if (quote < Math.Min(packet.TotalBytes, packet.HeaderBytes + 8) || !_limit.TryTake(now))
        {
            return 0;
        }

        // The client is to see the packet as it came to the director.
        Translation.GiveBackHop(frame);
        frame.Slice(Ip, quote).CopyTo(frame[(Ip + headers)..]);
        int total = headers + quote;
        TransportProtocol protocol = packet.IsV6 ? TransportProtocol.IcmpV6 : TransportProtocol.Icmp;
        IpHeader.Write(frame, protocol, source, packet.Source, total, packet.IsV6 ? (byte)0 : Precedence, NextIdentification());
        WriteMessage(frame, in packet, type, code, nextHopMtu, total);
        return Ip + total;
    }

    private static void WriteMessage(Span<byte> frame, in Packet packet, byte type, byte code, ushort nextHopMtu, int total)
    {
        int at = Ip + IpHeader.BytesOf(packet.Source);
        Span<byte> message = frame[at..(Ip + total)];
        message[..PacketParser.IcmpHeaderBytes].Clear();
        (message[0], message[1], uint rest) = packet.IsV6 ? InV6(in packet, type, code, nextHopMtu) : (type, code, nextHopMtu);
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], rest);
        ulong pseudo = packet.IsV6 ? InternetChecksum.PseudoHeader(frame, TransportProtocol.IcmpV6, message.Length) : 0;
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)~InternetChecksum.Sum(message, pseudo));
    }

    /// <summary>RFC 4443 sections 3.1, 3.2 and 3.4; the third value is the MTU, or the place of the next-header field that names the protocol.</summary>
    private static (byte Type, byte Code, uint Word) InV6(in Packet packet, byte type, byte code, ushort nextHopMtu) => (type, code) switch
    {
        (IcmpType.Unreachable, IcmpType.FragmentationNeeded) => (IcmpV6Type.PacketTooBig, (byte)0, (uint)Math.Max(nextHopMtu, (ushort)Largest6)),
        (IcmpType.Unreachable, IcmpType.ProtocolUnreachable) => (IcmpV6Type.ParameterProblem, IcmpV6Type.UnknownNextHeader, packet.NextHeaderAt),
        (IcmpType.Unreachable, IcmpType.PortUnreachable) => (IcmpV6Type.Unreachable, IcmpV6Type.PortUnreachable, 0u),
        (IcmpType.TimeExceeded, _) => (IcmpV6Type.TimeExceeded, (byte)0, 0u),
        _ => (IcmpV6Type.Unreachable, IcmpV6Type.Prohibited, 0u),
    };

    private ushort NextIdentification()
    {
        _identification++;
        return _identification == 0 ? ++_identification : _identification;
    }
}
