using System.Buffers.Binary;

namespace HaLvs.Forwarder.Packets;

/// <summary>Reads an IPv4 header (RFC 791 section 3.1).</summary>
internal static class Ipv4Header
{
    public const int MinimumBytes = 20;

    private const int Ip = ForwardingCore.VirtioHeaderBytes;
    private const ushort DontFragmentBit = 0x4000;
    private const ushort MoreFragmentsBit = 0x2000;
    private const ushort OffsetBits = 0x1fff;

    public static DropReason Read(ReadOnlySpan<byte> frame, ref Packet packet)
    {
        if (frame.Length < Ip + MinimumBytes)
        {
            return DropReason.Truncated;
        }

        DropReason lengths = CheckLengths(frame, ref packet);
        if (lengths != DropReason.None)
        {
            return lengths;
        }

        ReadFields(frame, ref packet);
        return packet.HeaderBytes == MinimumBytes ? DropReason.None : Ipv4Options.Check(frame[(Ip + MinimumBytes)..packet.Transport]);
    }

    private static DropReason CheckLengths(ReadOnlySpan<byte> frame, ref Packet packet)
    {
        packet.HeaderBytes = (frame[Ip] & 0x0f) * 4;
        packet.TotalBytes = BinaryPrimitives.ReadUInt16BigEndian(frame[(Ip + 2)..]);
        if (packet.HeaderBytes < MinimumBytes || packet.HeaderBytes > frame.Length - Ip)
        {
            return DropReason.BadHeaderLength;
        }

        if (packet.TotalBytes < packet.HeaderBytes)
        {
            return DropReason.BadTotalLength;
        }

        return packet.TotalBytes > frame.Length - Ip ? DropReason.Truncated : DropReason.None;
    }

    private static void ReadFields(ReadOnlySpan<byte> frame, ref Packet packet)
    {
        ushort fragment = BinaryPrimitives.ReadUInt16BigEndian(frame[(Ip + 6)..]);
        packet.MoreFragments = (fragment & MoreFragmentsBit) != 0;
        packet.FragmentOffsetBytes = (ushort)((fragment & OffsetBits) * 8);
        packet.IsFragment = packet.MoreFragments || packet.FragmentOffsetBytes != 0;
        packet.FragmentIdentification = BinaryPrimitives.ReadUInt16BigEndian(frame[(Ip + 4)..]);
        packet.DontFragment = (fragment & DontFragmentBit) != 0;
        packet.TimeToLive = frame[Ip + 8];
        packet.Protocol = (TransportProtocol)frame[Ip + 9];
        packet.Source = Packets.Ip.FromV4(BinaryPrimitives.ReadUInt32BigEndian(frame[(Ip + 12)..]));
        packet.Destination = Packets.Ip.FromV4(BinaryPrimitives.ReadUInt32BigEndian(frame[(Ip + 16)..]));
    }
}
