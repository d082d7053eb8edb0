using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>Builds and reads IPv4 and IPv6 packets as they are on a wire. Ends are written "a.b.c.d:port" and "[v6]:port".</summary>
internal static class Wire
{
    public static byte[] Tcp(string from, string to, string flags, string data = "", uint seq = 1000, uint ack = 2000, byte ttl = 64, bool df = true)
    {
        byte[] packet = Raw(from, to, 6, 20 + data.Length, ttl, df);
        Span<byte> tcp = packet.AsSpan(HeaderBytes(packet));
        WritePorts(tcp, from, to);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], seq);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], flags.Contains('A', StringComparison.Ordinal) ? ack : 0);
        tcp[12] = 0x50;
        tcp[13] = FlagBits(flags);
        tcp[14] = 0x72;
        System.Text.Encoding.ASCII.GetBytes(data, tcp[20..]);
        return Finish(packet, 16);
    }

    public static byte[] Udp(string from, string to, string data = "", byte ttl = 64, bool checksum = true, bool df = true)
    {
        byte[] packet = Raw(from, to, 17, 8 + data.Length, ttl, df);
        Span<byte> udp = packet.AsSpan(HeaderBytes(packet));
        WritePorts(udp, from, to);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        System.Text.Encoding.ASCII.GetBytes(data, udp[8..]);
        if (checksum)
        {
            return Finish(packet, 6);
        }

        return packet;
    }

    /// <summary>What both ends of <see cref="Sctp"/> tell in their INIT and INIT ACK, and put into all other packets.</summary>
    public const uint Tag = 0x01020304;

    /// <summary>One SCTP packet of whole chunks; see <see cref="Chunk"/>.</summary>
    public static byte[] Sctp(string from, string to, params byte[][] chunks) => SctpTagged(from, to, chunks[0][0] == 1 ? 0 : Tag, chunks);

    public static byte[] SctpTagged(string from, string to, uint tag, params byte[][] chunks)
    {
        byte[] body = [.. chunks.SelectMany(c => c)];
        byte[] packet = Raw(from, to, 132, 12 + body.Length, df: true);
        Span<byte> sctp = packet.AsSpan(HeaderBytes(packet));
        WritePorts(sctp, from, to);
        BinaryPrimitives.WriteUInt32BigEndian(sctp[4..], tag);
        body.CopyTo(sctp[12..]);
        BinaryPrimitives.WriteUInt32LittleEndian(sctp[8..], ReferenceChecksum.Crc32C(sctp));
        return packet;
    }

    /// <summary>A chunk of this type with a body of so many bytes, padded (RFC 9260 section 3.2).</summary>
    /// <param name="initiateTag">Of an INIT or INIT ACK.</param>
    public static byte[] Chunk(byte type, int bytes = 12, byte flags = 0, uint initiateTag = Tag)
    {
        byte[] chunk = new byte[4 + ((bytes + 3) & ~3)];
        chunk[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(chunk.AsSpan(2), (ushort)(4 + bytes));
        chunk[1] = flags;
        chunk.AsSpan(4, bytes).Fill((byte)(type + 7));
        if (type is 1 or 2 && bytes >= 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(4), initiateTag);
        }

        return chunk;
    }

    /// <summary>ICMP or ICMPv6, by the family of the addresses.</summary>
    public static byte[] Icmp(string from, string to, byte type, byte code, uint rest, byte[] body, byte ttl = 64)
    {
        byte[] packet = Raw(from, to, (byte)(Address(from).IsV4 ? 1 : 58), 8 + body.Length, ttl, false);
        int at = HeaderBytes(packet);
        packet[at] = type;
        packet[at + 1] = code;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(at + 4), rest);
        body.CopyTo(packet, at + 8);
        return Finish(packet, 2);
    }

    public static byte[] Echo(string from, string to, ushort identifier, bool reply = false, int bytes = 4)
    {
        byte type = Address(from).IsV4 ? reply ? (byte)0 : (byte)8 : reply ? (byte)129 : (byte)128;
        byte[] body = new byte[bytes];
        "ping"u8[..Math.Min(4, bytes)].CopyTo(body);
        return Icmp(from, to, type, 0, ((uint)identifier << 16) | 1, body);
    }

    /// <summary>A packet of any protocol, ready but for its transport checksum.</summary>
    public static byte[] Raw(string from, string to, byte protocol, int payload, byte ttl = 64, bool df = false)
    {
        Ip source = Address(from);
        byte[] packet = new byte[(source.IsV4 ? 20 : 40) + payload];
        if (!source.IsV4)
        {
            packet[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)payload);
            packet[6] = protocol;
            packet[7] = ttl;
            source.ToIPAddress().GetAddressBytes().CopyTo(packet, 8);
            Address(to).ToIPAddress().GetAddressBytes().CopyTo(packet, 24);
            return packet;
        }

        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[6] = df ? (byte)0x40 : (byte)0;
        packet[8] = ttl;
        packet[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), source.V4);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), Address(to).V4);
        return WriteHeaderChecksum(packet);
    }

    /// <summary>An IPv6 packet with extension headers put in: each begins with a byte for its successor, which is written here; kinds are IANA numbers.</summary>
    public static byte[] WithExtensions(byte[] packet, params (byte Kind, byte[] Header)[] headers)
    {
        byte next = packet[6];
        byte[] chain = [];
        foreach ((byte kind, byte[] header) in headers.Reverse())
        {
            chain = [next, .. header[1..], .. chain];
            next = kind;
        }

        byte[] whole = [.. packet[..40], .. chain, .. packet[40..]];
        whole[6] = next;
        BinaryPrimitives.WriteUInt16BigEndian(whole.AsSpan(4), (ushort)(whole.Length - 40));
        return whole;
    }

    /// <summary>IP header with options or extension headers.</summary>
    public static int HeaderBytes(ReadOnlySpan<byte> packet) => ReferenceChecksum.Transport(packet).At;

    public static byte[] WriteHeaderChecksum(byte[] packet)
    {
        packet[10] = packet[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), ReferenceChecksum.Of(packet.AsSpan(0, (packet[0] & 15) * 4)));
        return packet;
    }

    public static Ip Address(string end) => Ip.Parse(end[0] == '[' ? end[1..end.IndexOf(']')] : IsBareV6(end) ? end : end.Split(':')[0]);

    public static ushort Port(string end) => ushort.Parse(end[(end.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>"a:p > b:p S", "a > b ICMP 3/3" and the like: what a table of expectations compares.</summary>
    public static string Describe(byte[]? packet)
    {
        if (packet is null)
        {
            return "nothing";
        }

        (int header, byte protocol) = ReferenceChecksum.Transport(packet);
        bool v6 = packet[0] >> 4 == 6;
        string source = Text(packet.AsSpan(v6 ? 8 : 12), v6);
        string destination = Text(packet.AsSpan(v6 ? 24 : 16), v6);
        string end(string address, int at) => $"{(v6 ? $"[{address}]" : address)}:{BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(header + at))}";
        return protocol switch
        {
            6 => $"{end(source, 0)} > {end(destination, 2)} {FlagText(packet[header + 13])}",
            17 => $"{end(source, 0)} > {end(destination, 2)} UDP",
            132 => $"{end(source, 0)} > {end(destination, 2)} SCTP {packet[header + 12]}",
            1 or 58 => $"{source} > {destination} ICMP {packet[header]}/{packet[header + 1]}",
            _ => $"{source} > {destination} protocol {protocol}",
        };
    }

    private static bool IsBareV6(string end) => end.Count(c => c == ':') > 1;

    private static byte[] Finish(byte[] packet, int checksumAt)
    {
        (int at, byte protocol) = ReferenceChecksum.Transport(packet);
        ushort sum = ReferenceChecksum.Of(packet.AsSpan(at), protocol == 1 ? 0 : ReferenceChecksum.Pseudo(packet));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at + checksumAt), protocol == 17 && sum == 0 ? ushort.MaxValue : sum);
        return packet;
    }

    private static void WritePorts(Span<byte> transport, string from, string to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(transport, Port(from));
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], Port(to));
    }

    private static byte FlagBits(string flags) => (byte)flags.Sum(f => f switch { 'F' => 1, 'S' => 2, 'R' => 4, 'P' => 8, 'A' => 16, _ => throw new ArgumentException(flags) });

    private static string FlagText(byte bits) => string.Concat("FSRPA".Where((_, i) => (bits & (1 << i)) != 0));

    private static string Text(ReadOnlySpan<byte> at, bool v6) => new System.Net.IPAddress(at[..(v6 ? 16 : 4)]).ToString();
}
