using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Nat;

/// <summary>
/// The packet that an ICMP error quotes: at least its IP header (of the error's own family, extension headers included) and the first four bytes behind
/// it, where the ports (or type and identifier of a query) stand. It went the opposite way of the error.
/// </summary>
internal struct Quote
{
    private const int PortBytes = 4;
    private const int QueryBytes = 6;

    /// <summary>Offset of the quoted IP header in the frame, and the bytes present from there.</summary>
    public int At;
    public int Bytes;

    public int HeaderBytes;
    public bool IsV6;
    public TransportProtocol Protocol;
    public Ip Source;
    public Ip Destination;
    public ushort SourcePort;
    public ushort DestinationPort;

    public readonly int Transport => At + HeaderBytes;

    public readonly int TransportBytes => Bytes - HeaderBytes;

    public static bool TryRead(ReadOnlySpan<byte> frame, in Packet error, out Quote quote)
    {
        quote = default;
        quote.At = error.Transport + PacketParser.IcmpHeaderBytes;
        quote.Bytes = error.TransportBytes - PacketParser.IcmpHeaderBytes;
        quote.IsV6 = error.IsV6;
        if (quote.Bytes < (error.IsV6 ? Ipv6Header.Bytes : Ipv4Header.MinimumBytes) || frame[quote.At] >> 4 != (error.IsV6 ? 6 : 4))
        {
            return false;
        }

        ReadOnlySpan<byte> quoted = frame.Slice(quote.At, quote.Bytes);
        bool complete = error.IsV6 ? ReadV6(quoted, ref quote) : ReadV4(quoted, ref quote);
        return complete && quote.TransportBytes >= PortBytes && ReadPorts(quoted[quote.HeaderBytes..], ref quote);
    }

    /// <summary>The connection of a quoted packet that we sent out: its source is the virtual address.</summary>
    public readonly FlowTuple OutsideTuple() => new(Protocol, Destination, DestinationPort, Source, SourcePort);

    /// <summary>The connection of a quoted packet that we sent in: its destination is the real server.</summary>
    public readonly FlowTuple InsideTuple() => new(Protocol, Source, SourcePort, Destination, DestinationPort);

    private static bool ReadV4(ReadOnlySpan<byte> quoted, ref Quote quote)
    {
        quote.HeaderBytes = (quoted[0] & 0x0f) * 4;
        quote.Protocol = (TransportProtocol)quoted[9];
        quote.Source = Ip.FromV4(BinaryPrimitives.ReadUInt32BigEndian(quoted[12..]));
        quote.Destination = Ip.FromV4(BinaryPrimitives.ReadUInt32BigEndian(quoted[16..]));
        bool isFirstFragment = (BinaryPrimitives.ReadUInt16BigEndian(quoted[6..]) & 0x1fff) == 0;
        return quote.HeaderBytes >= Ipv4Header.MinimumBytes && isFirstFragment;
    }

    private static bool ReadV6(ReadOnlySpan<byte> quoted, ref Quote quote)
    {
        quote.Source = Ipv6Header.Address(quoted[Ipv6Header.SourceAt..]);
        quote.Destination = Ipv6Header.Address(quoted[Ipv6Header.DestinationAt..]);
        DropReason refused = ExtensionHeaders.Read(quoted, out ExtensionHeaders chain);
        quote.HeaderBytes = chain.Bytes;
        quote.Protocol = chain.Protocol;
        return refused == DropReason.None && chain.FragmentOffsetBytes == 0 && !quote.Source.IsV4 && !quote.Destination.IsV4;
    }

    private static bool ReadPorts(ReadOnlySpan<byte> transport, ref Quote quote)
    {
        if (quote.Protocol is TransportProtocol.Tcp or TransportProtocol.Udp or TransportProtocol.Sctp)
        {
            quote.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(transport);
            quote.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
            return true;
        }

        bool isIcmp = quote.Protocol == (quote.IsV6 ? TransportProtocol.IcmpV6 : TransportProtocol.Icmp);
        return isIcmp && quote.TransportBytes >= QueryBytes && ReadQuery(transport, ref quote);
    }

    /// <summary>A quoted echo request left us, so the identifier is its source's; a quoted reply came to us.</summary>
    private static bool ReadQuery(ReadOnlySpan<byte> message, ref Quote quote)
    {
        ushort identifier = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        IcmpMeaning meaning = IcmpMeanings.Of(quote.Protocol, message[0]);
        (quote.SourcePort, quote.DestinationPort) = meaning == IcmpMeaning.Echo ? (identifier, (ushort)0) : ((ushort)0, identifier);
        return meaning is IcmpMeaning.Echo or IcmpMeaning.EchoReply;
    }
}
