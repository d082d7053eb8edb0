using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Calls;

/// <summary>A Call-ID where it stands in a frame, with its digest. None: the datagram has none that anybody could go by.</summary>
internal readonly ref struct CallId
{
    public CallId(ReadOnlySpan<byte> text)
    {
        Text = text;
        Digest = CallDigest.Of(text);
    }

    public ReadOnlySpan<byte> Text { get; }

    public CallDigest Digest { get; }

    public bool IsNone => Text.IsEmpty;

    /// <summary>
    /// The Call-ID of a parsed UDP packet. Of a fragmented datagram only the first fragment is looked at, of several datagrams in one frame only the first.
    /// </summary>
    public static CallId In(ReadOnlySpan<byte> frame, scoped in Packet packet)
    {
        ReadOnlySpan<byte> datagram = frame.Slice(packet.Transport, packet.TransportBytes);
        int claimed = BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]);
        ReadOnlySpan<byte> message = datagram[PacketParser.UdpHeaderBytes..Math.Min(claimed, datagram.Length)];
        bool several = packet.SegmentBytes != 0 && packet.SegmentBytes < message.Length;
        return new CallId(CallIdHeader.Find(several ? message[..packet.SegmentBytes] : message));
    }
}
