using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Fuzz;

/// <summary>Valid frames to begin with: every protocol, both families and directions, FTP and TFTP talk, extension headers, options, ICMP errors, pieces.</summary>
internal static class SeedFrames
{
    private static readonly string[] Flags = ["S", "S", "SA", "A", "PA", "FA", "R", "RA", ""];
    private static readonly string[] Lines =
    [
        "PASV\r\n", "EPSV\r\n", "PORT 192,0,2,11,10,1\r\n", "EPRT |1|192.0.2.11|2561|\r\n", "EPRT |2|2001:db8:c::11|2561|\r\n", "EPSV ALL\r\n",
        "PORT 10,0,0,3,10,1\r\n", "EPRT |1|10.0.0.3|2561|\r\n", "EPRT |2|fd00::3|2561|\r\n", "PORT 10,0,0,", "3,10,2\r\n",
        "227 Entering Passive Mode (10,0,0,2,40,1)\r\n", "229 Entering Extended Passive Mode (|||10241|)\r\n", "227 Enter", "ing (10,0,0,3,9,9).\r\n", "USER x\r\n", "\0\u0001file\0octet\0",
    ];

    private static readonly string[] CallLines =
    [
        "Call-ID: {0}@host\r\n", "i:{0}\r\n", "CALL-ID \t:\r\n {0}\r\n", "Call-ID: {0}\n", "Call-ID: {0}", "Call-ID: {0} {0}\r\n", "X-Call-ID: {0}\r\n", "\r\nCall-ID: {0}\r\n", "Call-ID:", "",
    ];

    public static byte[] Next(Random random)
    {
        bool v6 = random.Next(2) == 0;
        string far = v6 ? $"[2001:db8:c::{random.Next(1, 4)}]:{random.Next(2000, 2008)}" : $"192.0.2.{random.Next(11, 14)}:{random.Next(2000, 2008)}";
        string vip = v6 ? "[2001:db8::100]" : "192.0.2.100";
        string host = v6 ? $"[fd00::{random.Next(2, 6)}]" : $"10.0.0.{random.Next(2, 6)}";
        ushort[] ports = [80, 21, 53, 69, 3868, 9, 5060];
        ushort port = ports[random.Next(ports.Length)];
        (string from, string to) = random.Next(4) switch
        {
            0 => ($"{host}:{(port == 80 ? 8080 : port == 53 ? 5353 : port)}", far),
            1 => ($"{host}:{random.Next(2000, 2008)}", random.Next(2) == 0 ? far : $"{vip}:{port}"),
            _ => (far, $"{vip}:{port}"),
        };
        byte[] packet = Transport(random, from, to, port);
        packet = random.Next(12) switch
        {
            0 when v6 => Wire.WithExtensions(packet, (0, new byte[8]), (60, new byte[16])),
            0 => WithOptions(packet),
            1 => Wire.Icmp(Bare(to), Bare(from), v6 ? (byte)random.Next(1, 5) : (byte)3, (byte)random.Next(5), (uint)random.Next(), packet[..Math.Min(packet.Length, 120)]),
            2 => Wire.Echo(Bare(from), Bare(to), (ushort)random.Next(4), random.Next(3) == 0, random.Next(40)),
            _ => packet,
        };
        return [.. new byte[ForwardingCore.VirtioHeaderBytes], .. packet];
    }

    private static byte[] Transport(Random random, string from, string to, ushort port)
    {
        string data = port == 5060 ? Message(random) : port is 21 or 69 && random.Next(3) > 0 ? Lines[random.Next(Lines.Length)] : new string('x', random.Next(12) == 0 ? random.Next(1600) : random.Next(40));
        return port switch
        {
            53 or 69 or 5060 => Wire.Udp(from, to, data, checksum: random.Next(4) > 0, df: random.Next(2) == 0),
            3868 => Wire.Sctp(from, to, [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Wire.Chunk((byte)random.Next(16), random.Next(20)))]),
            9 when random.Next(3) == 0 => Wire.Raw(Bare(from), Bare(to), (byte)random.Next(256), 40),
            _ => Wire.Tcp(from, to, Flags[random.Next(Flags.Length)], data, (uint)random.Next(3000), (uint)random.Next(3000), df: random.Next(2) == 0),
        };
    }

    private static string Message(Random random)
    {
        string call = random.Next(20) == 0 ? new string('c', random.Next(240, 260)) : $"call-{random.Next(60)}";
        string before = random.Next(12) == 0 ? $"X: {new string('x', random.Next(1600))}\r\n" : "";
        return $"OPTIONS sip:x SIP/2.0\r\n{before}{string.Format(System.Globalization.CultureInfo.InvariantCulture, CallLines[random.Next(2) == 0 ? 0 : random.Next(CallLines.Length)], call)}CSeq: 1\r\n\r\n";
    }

    private static byte[] WithOptions(byte[] packet)
    {
        byte[] longer = [.. packet[..20], 7, 7, 4, 0, 0, 0, 0, 0, .. packet[20..]];
        longer[0] += 2;
        (longer[2], longer[3]) = ((byte)(longer.Length >> 8), (byte)longer.Length);
        return Wire.WriteHeaderChecksum(longer);
    }

    private static string Bare(string end) => Wire.Address(end).ToString();
}
