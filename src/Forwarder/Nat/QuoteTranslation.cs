using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Nat;

/// <summary>
/// Makes the quoted packet what its sender sent (RFC 5508 section 4.2): address, port or query identifier, and the checksums that are in the quote. The
/// error's own checksum is computed anew by the caller.
/// </summary>
internal static class QuoteTranslation
{
    public static void Source(Span<byte> frame, in Quote quote, Ip address, ushort port)
    {
        uint addressDelta = Translation.ReplaceAddress(frame, quote.At + 12, address.V4);
        Finish(frame, in quote, addressDelta, ReplacePort(frame, in quote, 0, port));
    }

    public static void Destination(Span<byte> frame, in Quote quote, Ip address, ushort port)
    {
        uint addressDelta = Translation.ReplaceAddress(frame, quote.At + 16, address.V4);
        Finish(frame, in quote, addressDelta, ReplacePort(frame, in quote, 2, port));
    }

    private static uint ReplacePort(Span<byte> frame, in Quote quote, int offset, ushort port) =>
        Translation.ReplaceWord(frame[(quote.Transport + (quote.Protocol == TransportProtocol.Icmp ? 4 : offset))..], port);

    private static void Finish(Span<byte> frame, in Quote quote, uint addressDelta, uint portDelta)
    {
        Update(frame[(quote.At + 10)..], addressDelta);
        int offset = quote.Protocol switch
        {
            TransportProtocol.Tcp => 16,
            TransportProtocol.Udp => 6,
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
