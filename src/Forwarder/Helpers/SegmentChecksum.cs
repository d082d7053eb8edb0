using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Helpers;

/// <summary>
/// Whether a TCP segment is what its sender sent. Only the helpers ask: the receiver drops a damaged segment, and what the receiver never reads must
/// neither open a connection nor move sequence numbers.
/// </summary>
internal static class SegmentChecksum
{
    /// <summary>A partial checksum means that the segment has not been on a wire since its sender's kernel, or the card has checked it.</summary>
    public static bool IsRight(ReadOnlySpan<byte> frame, in Packet packet)
    {
        ulong pseudo = InternetChecksum.PseudoHeader(frame, packet.Protocol, packet.TransportBytes);
        return packet.PartialChecksum || InternetChecksum.Sum(frame.Slice(packet.Transport, packet.TransportBytes), pseudo) == ushort.MaxValue;
    }
}
