using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Nat;

/// <summary>
/// The packet that an ICMP error quotes: at least its IPv4 header and the first four bytes behind it, where the ports (or type and identifier of a
/// query) stand. It went the opposite way of the error.
/// </summary>
internal struct Quote
{
    private const int PortBytes = 4;
    private const int QueryBytes = 6;

    /// <summary>Offset of the quoted IPv4 header in the frame, and the bytes present from there.</summary>
    public int At;
    public int Bytes;

    public int HeaderBytes;
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
        if (quote.Bytes < PacketParser.MinimumHeaderBytes + PortBytes || frame[quote.At] >> 4 != 4)
        {
            return false;
        }

        quote.HeaderBytes = (frame[quote.At] & 0x0f) * 4;
        quote.Protocol = (TransportProtocol)frame[quote.At + 9];
        bool isFirstFragment = (BinaryPrimitives.ReadUInt16BigEndian(frame[(quote.At + 6)..]) & 0x1fff) == 0;
        if (quote.HeaderBytes < PacketParser.MinimumHeaderBytes || quote.TransportBytes < PortBytes || !isFirstFragment)
        {
            return false;
        }

        quote.Source = Ip.FromV4(BinaryPrimitives.ReadUInt32BigEndian(frame[(quote.At + 12)..]));
        quote.Destination = Ip.FromV4(BinaryPrimitives.ReadUInt32BigEndian(frame[(quote.At + 16)..]));
        return ReadPorts(frame[quote.Transport..], ref quote);
    }

    /// <summary>The connection of a quoted packet that we sent out: its source is the virtual address.</summary>
    public readonly FlowTuple OutsideTuple() => new(Protocol, Destination, DestinationPort, Source, SourcePort);

    /// <summary>The connection of a quoted packet that we sent in: its destination is the real server.</summary>
    public readonly FlowTuple InsideTuple() => new(Protocol, Source, SourcePort, Destination, DestinationPort);

    private static bool ReadPorts(ReadOnlySpan<byte> transport, ref Quote quote)
    {
        if (quote.Protocol is TransportProtocol.Tcp or TransportProtocol.Udp)
        {
            quote.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(transport);
            quote.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
            return true;
        }

        return quote.Protocol == TransportProtocol.Icmp && quote.TransportBytes >= QueryBytes && ReadQuery(transport, ref quote);
    }

    /// <summary>A quoted echo request left us, so the identifier is its source's; a quoted reply came to us.</summary>
    private static bool ReadQuery(ReadOnlySpan<byte> message, ref Quote quote)
    {
        ushort identifier = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        (quote.SourcePort, quote.DestinationPort) = message[0] == IcmpType.Echo ? (identifier, (ushort)0) : ((ushort)0, identifier);
        return message[0] is IcmpType.Echo or IcmpType.EchoReply;
    }
}
