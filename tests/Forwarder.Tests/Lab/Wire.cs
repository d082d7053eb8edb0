using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>Builds and reads IPv4 packets as they are on a wire. Ends are written "a.b.c.d:port".</summary>
internal static class Wire
{
    public static byte[] Tcp(string from, string to, string flags, string data = "", uint seq = 1000, uint ack = 2000, byte ttl = 64, bool df = true)
    {
        byte[] packet = Raw(from, to, 6, 20 + data.Length, ttl, df);
        Span<byte> tcp = packet.AsSpan(20);
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
        Span<byte> udp = packet.AsSpan(20);
        WritePorts(udp, from, to);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        System.Text.Encoding.ASCII.GetBytes(data, udp[8..]);
        if (checksum)
        {
            return Finish(packet, 6);
        }

        return packet;
    }

    public static byte[] Icmp(string from, string to, byte type, byte code, uint rest, byte[] body, byte ttl = 64)
    {
        byte[] packet = Raw(from, to, 1, 8 + body.Length, ttl, false);
        packet[20] = type;
        packet[21] = code;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(24), rest);
        body.CopyTo(packet, 28);
        return Finish(packet, 2);
    }

    public static byte[] Echo(string from, string to, ushort identifier, bool reply = false) =>
        Icmp(from, to, reply ? (byte)0 : (byte)8, 0, ((uint)identifier << 16) | 1, "ping"u8.ToArray());

    /// <summary>A packet of any protocol, ready but for its transport checksum.</summary>
    public static byte[] Raw(string from, string to, byte protocol, int payload, byte ttl = 64, bool df = false)
    {
        byte[] packet = new byte[20 + payload];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[6] = df ? (byte)0x40 : (byte)0;
        packet[8] = ttl;
        packet[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), Address(from).V4);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), Address(to).V4);
        return WriteHeaderChecksum(packet);
    }

    public static byte[] WriteHeaderChecksum(byte[] packet)
    {
        packet[10] = packet[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), ReferenceChecksum.Of(packet.AsSpan(0, (packet[0] & 15) * 4)));
        return packet;
    }

    public static Ip Address(string end) => Ip.Parse(end.Split(':')[0]);

    public static ushort Port(string end) => ushort.Parse(end.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>"a:p > b:p S", "a > b ICMP 3/3" and the like: what a table of expectations compares.</summary>
    public static string Describe(byte[]? packet)
    {
        if (packet is null)
        {
            return "nothing";
        }

        int header = (packet[0] & 15) * 4;
        string source = Text(packet.AsSpan(12));
        string destination = Text(packet.AsSpan(16));
        string ports(int at) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(header + at)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return packet[9] switch
        {
            6 => $"{source}:{ports(0)} > {destination}:{ports(2)} {FlagText(packet[header + 13])}",
            17 => $"{source}:{ports(0)} > {destination}:{ports(2)} UDP",
            1 => $"{source} > {destination} ICMP {packet[header]}/{packet[header + 1]}",
            _ => $"{source} > {destination} protocol {packet[9]}",
        };
    }

    private static byte[] Finish(byte[] packet, int checksumAt)
    {
        ushort sum = ReferenceChecksum.Of(packet.AsSpan(20), packet[9] == 1 ? 0 : ReferenceChecksum.Pseudo(packet));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20 + checksumAt), packet[9] == 17 && sum == 0 ? ushort.MaxValue : sum);
        return packet;
    }

    private static void WritePorts(Span<byte> transport, string from, string to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(transport, Port(from));
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], Port(to));
    }

    private static byte FlagBits(string flags) => (byte)flags.Sum(f => f switch { 'F' => 1, 'S' => 2, 'R' => 4, 'P' => 8, 'A' => 16, _ => throw new ArgumentException(flags) });

    private static string FlagText(byte bits) => string.Concat("FSRPA".Where((_, i) => (bits & (1 << i)) != 0));

    private static string Text(ReadOnlySpan<byte> at) => $"{at[0]}.{at[1]}.{at[2]}.{at[3]}";
}
