using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Nat;

/// <summary>
/// Makes the quoted packet what its sender sent (RFC 5508 section 4.2): address, port or query identifier, and the checksums that are in the quote. The
/// error's own checksum is computed anew by the caller. An SCTP quote keeps its CRC, which a part of a packet cannot mend; who gets it knows the
/// association by the verification tag (RFC 9260 section 10).
/// </summary>
internal static class QuoteTranslation
{
    private const int SequenceAt = 4;
    private const int SequenceEnd = SequenceAt + sizeof(uint);
    private const int TcpChecksumAt = 16;

    public static void Source(Span<byte> frame, in Quote quote, Ip address, ushort port)
    {
        uint addressDelta = Translation.ReplaceAddress(frame, quote.At + (quote.IsV6 ? Ipv6Header.SourceAt : 12), address);
        Finish(frame, in quote, addressDelta, ReplacePort(frame, in quote, 0, port));
    }

    public static void Destination(Span<byte> frame, in Quote quote, Ip address, ushort port)
    {
        uint addressDelta = Translation.ReplaceAddress(frame, quote.At + (quote.IsV6 ? Ipv6Header.DestinationAt : 16), address);
        Finish(frame, in quote, addressDelta, ReplacePort(frame, in quote, 2, port));
    }

    /// <summary>The number that the quoted segment's sender counts by (RFC 5927 section 4.1: who gets the error checks it); TCP alone.</summary>
    public static void Sequence(Span<byte> frame, in Quote quote, in SequenceShift shift)
    {
        if (quote.Protocol != TransportProtocol.Tcp || shift.IsNone || quote.TransportBytes < SequenceEnd)
        {
            return;
        }

        Span<byte> field = frame.Slice(quote.Transport + SequenceAt, sizeof(uint));
        ushort before = InternetChecksum.Sum(field);
        BinaryPrimitives.WriteUInt32BigEndian(field, shift.Back(BinaryPrimitives.ReadUInt32BigEndian(field)));
        if (quote.TransportBytes >= TcpChecksumAt + sizeof(ushort))
        {
            Update(frame[(quote.Transport + TcpChecksumAt)..], InternetChecksum.Delta(before, InternetChecksum.Sum(field)));
        }
    }

    private static uint ReplacePort(Span<byte> frame, in Quote quote, int offset, ushort port)
    {
        bool query = quote.Protocol is TransportProtocol.Icmp or TransportProtocol.IcmpV6;
        return Translation.ReplaceWord(frame[(quote.Transport + (query ? 4 : offset))..], port);
    }

    private static void Finish(Span<byte> frame, in Quote quote, uint addressDelta, uint portDelta)
    {
        if (!quote.IsV6)
        {
            Update(frame[(quote.At + 10)..], addressDelta);
        }

        int offset = quote.Protocol switch
        {
            TransportProtocol.Tcp => TcpChecksumAt,
            TransportProtocol.Udp => 6,
            TransportProtocol.Sctp => quote.Bytes,
            _ => 2,
        };
        if (quote.TransportBytes < offset + 2)
        {
            return;
        }

        Span<byte> field = frame[(quote.Transport + offset)..];
        bool hasNone = quote.Protocol == TransportProtocol.Udp && BinaryPrimitives.ReadUInt16BigEndian(field) == 0;
        if (!hasNone)
        {
            Update(field, quote.Protocol == TransportProtocol.Icmp ? portDelta : addressDelta + portDelta);
        }
    }

    private static void Update(Span<byte> field, uint delta) =>
        BinaryPrimitives.WriteUInt16BigEndian(field, InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(field), delta));
}
