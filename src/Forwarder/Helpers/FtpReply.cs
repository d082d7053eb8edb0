using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Helpers;

/// <summary>
/// A server's reply that names where it listens: 227 (RFC 959 section 4.1.2, RFC 1123 section 4.1.2.6) or 229 (RFC 2428 section 3). Read from the
/// beginning of its line, as tolerantly as net/netfilter/ipvs/ip_vs_ftp.c: any text before the address, the bracket of a 227 may be missing.
/// Positions count from the beginning of the line.
/// </summary>
internal struct FtpReply
{
    private const int PrefixBytes = 4;
    private const byte Bracket = (byte)'(';

    public FtpMatch Match;

    /// <summary>Where the address begins, or may begin; -1: not seen yet, or (229) there is none to replace.</summary>
    public int AddressAt;

    /// <summary>Behind its last byte; -1: not seen yet.</summary>
    public int AddressEnd;

    /// <summary>False for the usual 229, which leaves it out: the server's own is meant.</summary>
    public bool HasAddress;
    public Ip Address;
    public ushort Port;

    /// <summary>Of a 229: its delimiter, where the first one stands, and behind the last one. Of six numbers: behind the last of them.</summary>
    public byte Delimiter;
    public int StartAt;
    public int EndAt;

    /// <summary>Of EPRT: behind the second delimiter, where the address' digits begin.</summary>
    public int NumbersAt;

    public static FtpReply Read(ReadOnlySpan<byte> line, bool extended, bool v4)
    {
        FtpReply reply = new() { AddressAt = -1, AddressEnd = -1 };
        ReadOnlySpan<byte> prefix = extended ? "229 "u8 : "227 "u8;
        int common = Math.Min(line.Length, PrefixBytes);
        if (!line[..common].SequenceEqual(prefix[..common]))
        {
            return reply;
        }

        reply.Match = FtpMatch.Partial;
        int at = common < PrefixBytes ? -1 : FindStart(line, digitStarts: !extended);
        if (at < 0)
        {
            reply.Match = line.Contains((byte)'\n') ? FtpMatch.None : FtpMatch.Partial;
            return reply;
        }

        reply.Match = extended ? reply.ReadExtended(line, at, v4) : reply.ReadPassive(line, at);
        return reply;
    }

    /// <summary>Six numbers from the first byte on, as PORT has them.</summary>
    public static FtpReply ReadNumbers(ReadOnlySpan<byte> text)
    {
        FtpReply reply = new() { AddressEnd = -1 };
        reply.Match = reply.ReadPassive(text, 0);
        return reply;
    }

    /// <summary>Delimiters, family, address and port from the first byte on, as EPRT has them.</summary>
    public static FtpReply ReadExtended(ReadOnlySpan<byte> text, bool v4)
    {
        FtpReply reply = new() { AddressEnd = -1 };
        reply.Match = reply.ReadExtended(text, 0, v4);
        return reply;
    }

    /// <summary>The first digit, or what stands behind a run of brackets; -1: not there yet.</summary>
    private static int FindStart(ReadOnlySpan<byte> line, bool digitStarts)
    {
        for (int at = PrefixBytes; at < line.Length; at++)
        {
            bool behindBracket = line[at - 1] == Bracket && at > PrefixBytes && line[at] != Bracket;
            if (behindBracket || (digitStarts && char.IsAsciiDigit((char)line[at])))
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>h1,h2,h3,h4,p1,p2 and any other character.</summary>
    private FtpMatch ReadPassive(ReadOnlySpan<byte> line, int at)
    {
        AddressAt = at;
        uint address = 0;
        for (int index = 0; index < 6; index++)
        {
            int digits = line[at..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits < 0)
            {
                return FtpMatch.Partial;
            }

            // The kernel takes an empty number as 0.
            int number = 0;
            bool isOctet = digits == 0 || AddressText.TryReadNumber(line.Slice(at, digits), byte.MaxValue, out number);
            if (!isOctet || (index < 5 && line[at + digits] != ','))
            {
                return FtpMatch.None;
            }

            (address, Port) = index < 4 ? ((address << 8) | (uint)number, (ushort)0) : (address, (ushort)((Port << 8) | number));
            at += digits + 1;
            AddressEnd = index == 3 ? at - 1 : AddressEnd;
            EndAt = at - 1;
        }

        (HasAddress, Address) = (true, Ip.FromV4(address));
        return FtpMatch.Complete;
    }

    /// <summary>Three delimiters with nothing or "1" and an IPv4 address ("2", IPv6) between them, a port, a delimiter.</summary>
    private FtpMatch ReadExtended(ReadOnlySpan<byte> line, int at, bool v4)
    {
        StartAt = at;
        Delimiter = line[at];
        AddressAt = line.Length > at + 1 && line[at + 1] != Delimiter ? at : -1;
        int first = Find(line, at + 1);
        int second = first < 0 ? -1 : Find(line, first + 1);
        if (Delimiter is < 33 or > 126 || second < 0)
        {
            return Delimiter is < 33 or > 126 || line.Contains((byte)'\n') ? FtpMatch.None : FtpMatch.Partial;
        }

        HasAddress = first > at + 1;
        bool named = HasAddress
            ? line[(at + 1)..first].SequenceEqual(v4 ? "1"u8 : "2"u8) && AddressText.TryRead(line[(first + 1)..second], v4, out Address)
            : second == first + 1;
        AddressEnd = second + 1;
        NumbersAt = first + 1;
        return named ? ReadPort(line) : FtpMatch.None;
    }

    private FtpMatch ReadPort(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> text = line[AddressEnd..];
        int end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (end < 0)
        {
            return FtpMatch.Partial;
        }

        bool whole = AddressText.TryReadNumber(text[..end], ushort.MaxValue, out int port) && port != 0 && text[end] == Delimiter;
        Port = (ushort)port;
        EndAt = AddressEnd + end + 1;
        return whole ? FtpMatch.Complete : FtpMatch.None;
    }

    private readonly int Find(ReadOnlySpan<byte> line, int from)
    {
        int at = line[from..].IndexOf(Delimiter);
        return at < 0 ? -1 : from + at;
    }
}
