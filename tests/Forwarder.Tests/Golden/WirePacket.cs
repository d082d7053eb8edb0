using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>An IPv4 packet of a record, and what a replay asks of it; read without the code under test.</summary>
internal sealed class WirePacket(byte[] bytes)
{
    private const int Icmp = 1;
    private const int Tcp = 6;

    public byte[] Bytes { get; } = bytes;

    /// <summary>What entered the director, of a packet that left it.</summary>
    public WirePacket? Origin { get; init; }

    public int TimeToLive => Bytes[8];

    public string From => End(12, 0);

    public string To => End(16, 2);

    public string Hex => Convert.ToHexString(Comparable());

    /// <summary>-1: no ICMP.</summary>
    public int IcmpType => Bytes[9] == Icmp ? Bytes[HeaderBytes] : -1;

    public bool QuotesAnError => IcmpType is 3 or 4 or 5 or 11 or 12;

    public TcpFlags Flags => Bytes[9] == Tcp && Bytes.Length > HeaderBytes + 13 ? (TcpFlags)(Bytes[HeaderBytes + 13] & 0x17) : TcpFlags.None;

    public bool IsWithoutFlags => Bytes[9] == Tcp && Bytes.Length > HeaderBytes + 13 && Flags == TcpFlags.None;

    private int HeaderBytes => (Bytes[0] & 15) * 4;

    public string ClientEnd(bool fromClient) => fromClient ? From : To;

    public bool IsBareAck => Flags == TcpFlags.Ack && Bytes.Length == HeaderBytes + ((Bytes[HeaderBytes + 12] >> 4) * 4);

    /// <summary>Same ends, same numbers, same data.</summary>
    public bool IsSameSegment(WirePacket other) =>
        Bytes[9] == Tcp && (From, To) == (other.From, other.To) && Bytes.AsSpan(HeaderBytes + 4, 4).SequenceEqual(other.Bytes.AsSpan(HeaderBytes + 4, 4))
        && Bytes.AsSpan(HeaderBytes + 20).SequenceEqual(other.Bytes.AsSpan(HeaderBytes + 20));

    /// <summary>An ICMP error with one hop less in what it quotes; anything else as it is.</summary>
    public WirePacket WithQuotedHopLess()
    {
        int quote = HeaderBytes + 8;
        if (!QuotesAnError || Bytes.Length < quote + 20)
        {
            return this;
        }

        byte[] copy = [.. Bytes];
        byte[] quoted = copy[quote..(quote + 20)];
        quoted[8]--;
        Wire.WriteHeaderChecksum(quoted).CopyTo(copy, quote);
        copy.AsSpan(HeaderBytes + 2, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(HeaderBytes + 2), ReferenceChecksum.Of(copy.AsSpan(HeaderBytes)));
        return new WirePacket(copy);
    }

    /// <summary>A packet that is none of ours passes the core unchanged, so it pays both of the director's routing steps; the record's paid one.</summary>
    public static byte[] WithOneHopMore(byte[] packet)
    {
        packet[8]++;
        return Wire.WriteHeaderChecksum(packet);
    }

    public bool IsSame(WirePacket other) => Comparable().AsSpan().SequenceEqual(other.Comparable());

    public override string ToString() => Wire.Describe(Bytes);

    private string End(int address, int port) => Bytes[9] == Icmp
        ? $"{Bytes[address]}.{Bytes[address + 1]}.{Bytes[address + 2]}.{Bytes[address + 3]}:"
        : $"{Bytes[address]}.{Bytes[address + 1]}.{Bytes[address + 2]}.{Bytes[address + 3]}:{BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(HeaderBytes + port))}";

    /// <summary>
    /// The identification of a packet that the director made itself is its own affair, and so is the header checksum over it. In a quote
    /// we also correct the transport checksum (RFC 5508 section 4.2), which the kernel leaves stale.
    /// </summary>
    private byte[] Comparable()
    {
        byte[] copy = [.. Bytes];
        bool ownPacket = copy[9] == Icmp && copy[8] == 64;
        if (ownPacket)
        {
            copy.AsSpan(4, 2).Clear();
            copy.AsSpan(10, 2).Clear();
        }

        int quotedChecksum = copy[9] == Icmp && copy.Length > 37 && copy[28 + 9] == Tcp ? 28 + 20 + 16 : 28 + 20 + 6;
        if (QuotesAnError && !ownPacket && copy.Length >= quotedChecksum + 2)
        {
            copy.AsSpan(quotedChecksum, 2).Clear();
            copy.AsSpan(22, 2).Clear();
        }

        return copy;
    }
}
