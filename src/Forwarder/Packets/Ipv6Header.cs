using System.Buffers.Binary;

namespace HaLvs.Forwarder.Packets;

/// <summary>Reads an IPv6 header and its extension headers (RFC 8200 sections 3 and 4).</summary>
internal static class Ipv6Header
{
    public const int Bytes = 40;
    public const int SourceAt = 8;
    public const int DestinationAt = 24;

    private const int Ip = ForwardingCore.VirtioHeaderBytes;

    public static DropReason Read(ReadOnlySpan<byte> frame, ref Packet packet)
    {
        if (frame.Length < Ip + Bytes)
        {
            return DropReason.Truncated;
        }

        packet.IsV6 = true;
        packet.DontFragment = true;
        packet.TotalBytes = Bytes + BinaryPrimitives.ReadUInt16BigEndian(frame[(Ip + 4)..]);
        packet.TimeToLive = frame[Ip + 7];
        packet.Source = Address(frame[(Ip + SourceAt)..]);
        packet.Destination = Address(frame[(Ip + DestinationAt)..]);
        if (packet.TotalBytes == Bytes)
        {
            return DropReason.BadTotalLength; // Nothing inside, or a jumbogram (RFC 2675), which no TUN carries.
        }

        if (packet.TotalBytes > frame.Length - Ip)
        {
            return DropReason.Truncated;
        }

        // A mapped address never stands on a wire (RFC 4291 section 2.5.5.2); here it would be taken for an IPv4 one.
        return packet.Source.IsV4 || packet.Destination.IsV4 ? DropReason.Martian : ReadChain(frame.Slice(Ip, packet.TotalBytes), ref packet);
    }

    public static Ip Address(ReadOnlySpan<byte> at) => new(BinaryPrimitives.ReadUInt64BigEndian(at), BinaryPrimitives.ReadUInt64BigEndian(at[8..]));

    private static DropReason ReadChain(ReadOnlySpan<byte> bytes, ref Packet packet)
    {
        DropReason refused = ExtensionHeaders.Read(bytes, out ExtensionHeaders chain);
        packet.HeaderBytes = chain.Bytes;
        packet.Protocol = chain.Protocol;
        packet.NextHeaderAt = (ushort)chain.NextHeaderAt;
        packet.MoreFragments = chain.MoreFragments;
        packet.FragmentOffsetBytes = chain.FragmentOffsetBytes;
        packet.FragmentIdentification = chain.FragmentIdentification;
        packet.IsFragment = chain.MoreFragments || chain.FragmentOffsetBytes != 0;

        // A first fragment must hold the whole chain (RFC 7112).
        return refused == DropReason.Truncated && packet.IsFirstFragment ? DropReason.FragmentTiny : refused;
    }
}
