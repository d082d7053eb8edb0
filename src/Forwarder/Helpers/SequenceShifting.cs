using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Helpers;

/// <summary>
/// Moves the sequence number, the acknowledgement and the SACK blocks (RFC 2018) of a TCP segment by the shifts of its flow, with the checksum that covers
/// them. For whoever changes lengths or answers in another's place: FTP replies, the SYN proxy.
/// </summary>
internal static class SequenceShifting
{
    private const int SequenceAt = 4;
    private const int AcknowledgementAt = 8;
    private const int ChecksumAt = 16;
    private const int OptionsAt = PacketParser.MinimumHeaderBytes;
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte SelectiveAcknowledgement = 5;
    private const int BlockBytes = 8;

    /// <summary>
    /// A TCP segment of the flow, parsed; <paramref name="outward"/>: from the server to the client. A complete checksum is updated, so a wrong one stays
    /// wrong; a partial one covers none of these numbers.
    /// </summary>
    public static void Apply(Span<byte> frame, in Packet packet, in Flow flow, bool outward)
    {
        SequenceShift own = outward ? flow.ServerShift : flow.ClientShift;
        SequenceShift other = outward ? flow.ClientShift : flow.ServerShift;
        Apply(frame, in packet, in own, in other);
    }

    /// <param name="own">Of the direction in which the segment goes.</param>
    /// <param name="other">Of the direction that it acknowledges.</param>
    public static void Apply<TMap>(Span<byte> frame, in Packet packet, in SequenceShift own, in TMap other)
        where TMap : struct, IAcknowledgementMap
    {
        Span<byte> header = frame.Slice(packet.Transport, packet.TransportHeaderBytes);
        ushort before = InternetChecksum.Sum(header);
        Shift(header[SequenceAt..], own.Forward(ReadNumber(header[SequenceAt..])));
        if ((packet.Flags & TcpFlags.Ack) != 0)
        {
            Shift(header[AcknowledgementAt..], other.Back(ReadNumber(header[AcknowledgementAt..])));
            ShiftBlocks(header[OptionsAt..], in other);
        }

        if (!packet.PartialChecksum)
        {
            Span<byte> field = header[ChecksumAt..];
            uint delta = InternetChecksum.Delta(before, InternetChecksum.Sum(header));
            BinaryPrimitives.WriteUInt16BigEndian(field, InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(field), delta));
        }
    }

    /// <summary>Both edges of every block are numbers of the other side, like the acknowledgement. A list that lies about its lengths ends the walk.</summary>
    private static void ShiftBlocks<TMap>(Span<byte> options, in TMap other)
        where TMap : struct, IAcknowledgementMap
    {
        while (options.Length > 1 && options[0] != EndOfOptions)
        {
            int length = options[0] == NoOperation ? 1 : options[1];
            if (length < 1 || length > options.Length || (length == 1 && options[0] != NoOperation))
            {
                return;
            }

            int end = options[0] == SelectiveAcknowledgement ? 2 + ((length - 2) / BlockBytes * BlockBytes) : 0;
            for (int at = 2; at < end; at += sizeof(uint))
            {
                Shift(options[at..], other.Back(ReadNumber(options[at..])));
            }

            options = options[length..];
        }
    }

    private static uint ReadNumber(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt32BigEndian(at);

    private static void Shift(Span<byte> at, uint number) => BinaryPrimitives.WriteUInt32BigEndian(at, number);
}
