using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Nat;

/// <summary>ICMP errors that the core sends itself, written over the packet that they quote (RFC 1812 section 4.3.2).</summary>
internal sealed class IcmpErrors
{
    private const int Ip = ForwardingCore.VirtioHeaderBytes;
    private const int QuoteAt = Ip + IpHeader.Bytes + PacketParser.IcmpHeaderBytes;

    /// <summary>The whole message stays within 576 bytes.</summary>
    private const int LargestQuote = 576 - IpHeader.Bytes - PacketParser.IcmpHeaderBytes;

    /// <summary>Precedence "internetwork control", as RFC 1812 section 4.3.2.5 asks and the kernel sends.</summary>
    private const byte Precedence = 0xc0;

    private readonly TokenBucket _limit = new(perSecond: 1000, burst: 200);
    private ushort _identification;

    /// <summary>Length of the frame, or 0 when none may be sent: too many of late, or no room for the quote.</summary>
    public int Write(Span<byte> frame, in Packet packet, Ip source, byte type, byte code, ushort nextHopMtu, long now)
    {
        int room = Math.Min(frame.Length - QuoteAt, LargestQuote);
        int quote = Math.Min(packet.TotalBytes, room);
        if (quote < Math.Min(packet.TotalBytes, packet.HeaderBytes + 8) || !_limit.TryTake(now))
        {
            return 0;
        }

        // The client is to see the packet as it came to the director.
        Translation.GiveBackHop(frame);
        frame.Slice(Ip, quote).CopyTo(frame[QuoteAt..]);
        WriteIcmpHeader(frame[(Ip + IpHeader.Bytes)..], quote, type, code, nextHopMtu);
        int total = IpHeader.Bytes + PacketParser.IcmpHeaderBytes + quote;
        IpHeader.Write(frame, TransportProtocol.Icmp, source, packet.Source, total, Precedence, NextIdentification());
        return Ip + total;
    }

    private static void WriteIcmpHeader(Span<byte> message, int quote, byte type, byte code, ushort nextHopMtu)
    {
        message[..PacketParser.IcmpHeaderBytes].Clear();
        message[0] = type;
        message[1] = code;
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], nextHopMtu);
        ushort sum = InternetChecksum.Sum(message[..(PacketParser.IcmpHeaderBytes + quote)]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)~sum);
    }

    private ushort NextIdentification()
    {
        _identification++;
        return _identification == 0 ? ++_identification : _identification;
    }
}
