using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Nat;

/// <summary>The reset of a closed port (RFC 9293 section 3.10.7.1), written over the segment that it answers.</summary>
internal static class TcpReset
{
    private const int HeaderBytes = 20;
    private const byte HeaderWords = 5 << 4;

    /// <summary>Length of the frame, or 0: a reset is never answered.</summary>
    public static int Write(Span<byte> frame, in Packet packet)
    {
        int ipBytes = IpHeader.BytesOf(packet.Source);
        int frameBytes = ForwardingCore.VirtioHeaderBytes + ipBytes + HeaderBytes;
        if ((packet.Flags & TcpFlags.Rst) != 0 || frame.Length < frameBytes)
        {
            return 0;
        }

        bool acknowledges = (packet.Flags & TcpFlags.Ack) != 0;
        uint sequence = acknowledges ? packet.Acknowledgement : 0;
        uint acknowledgement = acknowledges ? 0 : packet.Sequence + SegmentLength(in packet);

        IpHeader.Write(frame, TransportProtocol.Tcp, packet.Destination, packet.Source, ipBytes + HeaderBytes, 0, 0);
        Span<byte> reset = frame.Slice(ForwardingCore.VirtioHeaderBytes + ipBytes, HeaderBytes);
        reset.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(reset, packet.DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(reset[2..], packet.SourcePort);
        BinaryPrimitives.WriteUInt32BigEndian(reset[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(reset[8..], acknowledgement);
        reset[12] = HeaderWords;
        reset[13] = (byte)(acknowledges ? TcpFlags.Rst : TcpFlags.Rst | TcpFlags.Ack);
        ulong pseudo = InternetChecksum.PseudoHeader(frame, TransportProtocol.Tcp, HeaderBytes);
        BinaryPrimitives.WriteUInt16BigEndian(reset[16..], (ushort)~InternetChecksum.Sum(reset, pseudo));
        return frameBytes;
    }

    /// <summary>SEG.LEN: payload, and one each for SYN and FIN.</summary>
    private static uint SegmentLength(in Packet packet)
    {
        int length = packet.TransportBytes - packet.TransportHeaderBytes;
        length += (packet.Flags & TcpFlags.Syn) != 0 ? 1 : 0;
        length += (packet.Flags & TcpFlags.Fin) != 0 ? 1 : 0;
        return (uint)length;
    }
}
