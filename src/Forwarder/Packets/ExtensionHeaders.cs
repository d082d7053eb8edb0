using System.Buffers.Binary;

namespace HaLvs.Forwarder.Packets;

/// <summary>
/// The chain between an IPv6 header and its transport header (RFC 8200 section 4): hop-by-hop and destination options, routing headers that have been
/// used up, one fragment header. Bounded in number. Behind a fragment header of an offset nothing is read: there is payload.
/// </summary>
internal struct ExtensionHeaders
{
    private const int MostHeaders = 8;
    private const byte HopByHop = 0;
    private const byte Routing = 43;
    private const byte Fragment = 44;
    private const byte DestinationOptions = 60;

    /// <summary>Bytes from the beginning of the IPv6 header to the transport header.</summary>
    public int Bytes;
    public TransportProtocol Protocol;

    /// <summary>Offset of the byte that names <see cref="Protocol"/>.</summary>
    public int NextHeaderAt;

    public bool HasFragment;
    public bool MoreFragments;
    public ushort FragmentOffsetBytes;
    public uint FragmentIdentification;

    /// <param name="packet">From the IPv6 header on, as many bytes as there are; at least the fixed header.</param>
    public static DropReason Read(ReadOnlySpan<byte> packet, out ExtensionHeaders chain)
    {
        chain = new ExtensionHeaders { Bytes = Ipv6Header.Bytes, NextHeaderAt = 6 };
        for (int count = 0; count <= MostHeaders; count++)
        {
            byte kind = packet[chain.NextHeaderAt];
            chain.Protocol = (TransportProtocol)kind;
            if (kind is not (HopByHop or Routing or Fragment or DestinationOptions) || chain.FragmentOffsetBytes != 0)
            {
                return DropReason.None;
            }

            DropReason refused = chain.Step(packet, kind, first: count == 0);
            if (refused != DropReason.None)
            {
                return refused;
            }
        }

        return DropReason.BadExtensions;
    }

    private DropReason Step(ReadOnlySpan<byte> packet, byte kind, bool first)
    {
        if (Bytes + 8 > packet.Length)
        {
            return DropReason.Truncated;
        }

        ReadOnlySpan<byte> header = packet[Bytes..];
        if ((kind == HopByHop && !first) || (kind == Fragment && HasFragment))
        {
            return DropReason.BadExtensions;
        }

        if (kind == Routing && header[3] != 0)
        {
            return DropReason.SourceRoute; // Segments left: the real destination is hidden in it (RFC 5095 for type 0).
        }

        NextHeaderAt = Bytes;
        if (kind == Fragment)
        {
            ReadFragment(header);
        }

        Bytes += kind == Fragment ? 8 : (header[1] + 1) * 8;
        return Bytes > packet.Length ? DropReason.Truncated : DropReason.None;
    }

    private void ReadFragment(ReadOnlySpan<byte> header)
    {
        ushort field = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        HasFragment = true;
        MoreFragments = (field & 1) != 0;
        FragmentOffsetBytes = (ushort)(field & ~7);
        FragmentIdentification = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
    }
}
