using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Director.Tests.Offload;

/// <summary>Seeded packets: of live flows both ways, openings and endings, strangers, and all of them damaged in every way that a header allows.</summary>
internal sealed class OffloadTraffic(OffloadMirror mirror, int seed)
{
    private static readonly string[] Flags = ["A", "A", "A", "A", "PA", "PA", "PA", "FA", "RA", "R", "S", "SA", "", "FPA"];
    private readonly Random _random = new(seed);

    /// <summary>Payload bytes of the segments of the last packet; 0: no super-packet.</summary>
    public ushort SegmentBytes { get; private set; }

    public byte[] Next()
    {
        SegmentBytes = 0;
        if (mirror.Count < 40 || _random.Next(100) < 6)
            return Opening();
        byte[] packet = _random.Next(100) < 4 ? Stranger() : OfLiveFlow();
        return SegmentBytes == 0 && _random.Next(100) < 30 ? Damage(packet) : packet;
    }

    /// <summary>The first packet of a conversation; those that follow from it are answered by <see cref="Answers"/>.</summary>
    private byte[] Opening()
    {
        bool v6 = _random.Next(2) == 0;
        bool inside = _random.Next(4) == 0;
        string client = v6
            ? $"[{(inside ? "fd00::" : "2001:db8:1::")}{_random.Next(16, 60):x}]:{_random.Next(1024, 65_535)}"
            : $"{(inside ? "10.0.0." : "198.51.100.")}{_random.Next(16, 60)}:{_random.Next(1024, 65_535)}";
        string vip = v6 ? $"[{TestDirector.Vip6}]" : TestDirector.Vip;
        string world = v6 ? "[2001:db8:9::5]:443" : "203.0.113.5:443";
        return _random.Next(8) switch
        {
            0 or 1 or 2 => Wire.Tcp(client, $"{vip}:80", "S"),
            3 or 4 => Wire.Udp(client, $"{vip}:53", "question"),
            5 => Wire.Sctp(client, $"{vip}:3868", Wire.Chunk(1)),
            6 => Wire.Tcp(client, world, "S"),
            _ => Wire.Udp(client, world, "question"),
        };
    }

    /// <summary>What completes the handshake that left as <paramref name="left"/>, until the flow is established.</summary>
    public static IEnumerable<byte[]> Answers(byte[] arrived, byte[] left)
    {
        (int at, byte protocol) = ReferenceChecksum.Transport(left);
        (string from, string to) = Ends(left, at);
        (string client, string vip) = Ends(arrived, at);
        if (protocol == 6 && left[at + 13] == 2)
            return [Wire.Tcp(to, from, "SA"), Wire.Tcp(client, vip, "A")];
        if (protocol == 132 && left[at + 12] == 1)
            return [Wire.Sctp(to, from, Wire.Chunk(2)), Wire.Sctp(client, vip, Wire.Chunk(10)), Wire.Sctp(to, from, Wire.Chunk(11))];
        return [];
    }

    private byte[] OfLiveFlow()
    {
        ConnectionRecord flow = mirror[_random.Next(mirror.Count)];
        bool hairpin = (flow.Traits & ConnectionTraits.Hairpin) != 0;
        bool fromClient = _random.Next(2) == 0;
        string from = fromClient ? flow.Client.WithPort(flow.ClientPort) : flow.Server.WithPort(flow.ServerPort);
        string to = fromClient ? flow.Virtual.WithPort(flow.VirtualPort)
            : hairpin ? flow.Gateway.WithPort(flow.GatewayPort) : flow.Client.WithPort(flow.ClientPort);
        int header = flow.Client.IsV4 ? 20 : 40;
        bool big = _random.Next(50) == 0;
        byte ttl = (byte)(_random.Next(20) == 0 ? _random.Next(4) : _random.Next(2, 256));
        string body = new((char)('a' + _random.Next(26)), big ? _random.Next(1380, 1520) : _random.Next(0, 200));
        switch (flow.Protocol)
        {
            case TransportProtocol.Tcp when _random.Next(25) == 0:
                SegmentBytes = (ushort)_random.Next(400, 1500 - header);
                return Wire.Tcp(from, to, "PA", new string('g', _random.Next(1500, 3200)), ttl: ttl);
            case TransportProtocol.Tcp:
                return Wire.Tcp(from, to, Flags[_random.Next(Flags.Length)], body, (uint)_random.Next(), (uint)_random.Next(), ttl, _random.Next(2) == 0);
            case TransportProtocol.Udp:
                return Wire.Udp(from, to, body, ttl, checksum: _random.Next(10) != 0, df: _random.Next(2) == 0);
            default:
                byte chunk = (byte)(_random.Next(4) == 0 ? _random.Next(16) : _random.Next(2) * 3);
                return Wire.Sctp(from, to, Wire.Chunk(chunk, _random.Next(4, 200)), Wire.Chunk((byte)_random.Next(16)));
        }
    }

    private byte[] Stranger() => _random.Next(5) switch
    {
        0 => Wire.Echo("198.51.100.7", TestDirector.Vip, (ushort)_random.Next(9)),
        1 => Wire.Tcp("198.51.100.7:1", $"{TestDirector.Vip}:81", "A"),
        2 => Wire.Udp("10.0.0.2:9999", "198.51.100.7:9", "x"),
        3 => Wire.Raw("198.51.100.7", TestDirector.Vip, 47, 40),
        _ => Wire.Echo("2001:db8:1::7", TestDirector.Vip6, (ushort)_random.Next(9)),
    };

    private byte[] Damage(byte[] packet)
    {
        bool v6 = packet[0] >> 4 == 6;
        int transport = Wire.HeaderBytes(packet);
        switch (_random.Next(14))
        {
            case 0: // A wrong transport checksum stays wrong in the same way.
                packet[transport + (packet[v6 ? 6 : 9] == 17 ? 7 : 17) % (packet.Length - transport)] ^= (byte)_random.Next(1, 256);
                return packet;
            case 1 when !v6: // Fragments.
                packet[6] = (byte)(_random.Next(2) * 0x20);
                packet[7] = (byte)_random.Next(3);
                return Wire.WriteHeaderChecksum(packet);
            case 1:
                return Wire.WithExtensions(packet, (44, [0, 0, (byte)_random.Next(2), (byte)_random.Next(2), 1, 2, 3, 4]));
            case 2 when !v6: // Options.
                packet = [(byte)0x46, .. packet[1..20], 1, 1, 1, 0, .. packet[20..]];
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
                return Wire.WriteHeaderChecksum(packet);
            case 2:
                return Wire.WithExtensions(packet, ((byte)(_random.Next(2) * 60), [0, 0, 1, 4, 0, 0, 0, 0]));
            case 3: // Lengths that lie.
                packet[(v6 ? 4 : 2) + 1] = (byte)_random.Next(256);
                return v6 ? packet : Wire.WriteHeaderChecksum(packet);
            case 4 when !v6: // A wrong header checksum: the kernel drops it.
                packet[10] ^= (byte)_random.Next(1, 256);
                return packet;
            case 5: // Cut short.
                return packet[.._random.Next(transport, packet.Length + 1)];
            case 6: // Ethernet's padding.
                return [.. packet, .. new byte[_random.Next(1, 19)]];
            case 7: // Data offset, or length.
                packet[transport + (packet[v6 ? 6 : 9] == 17 ? 5 : 12) % (packet.Length - transport)] = (byte)_random.Next(256);
                return packet;
            case 8: // DSCP, ECN, flow label, identification.
                packet[1] = (byte)_random.Next(256);
                packet[v6 ? 3 : 5] = (byte)_random.Next(256);
                return v6 ? packet : Wire.WriteHeaderChecksum(packet);
            case 9: // Another protocol.
                packet[v6 ? 6 : 9] = (byte)_random.Next(256);
                return v6 ? packet : Wire.WriteHeaderChecksum(packet);
            case 10: // Version and header length.
                packet[0] = (byte)_random.Next(256);
                return packet;
            case 11: // All TCP flags.
                packet[transport + (13 % (packet.Length - transport))] = (byte)_random.Next(256);
                return packet;
            default: // Any byte.
                packet[_random.Next(packet.Length)] ^= (byte)(1 << _random.Next(8));
                return !v6 && _random.Next(2) == 0 && packet[0] == 0x45 ? Wire.WriteHeaderChecksum(packet) : packet;
        }
    }

    private static (string From, string To) Ends(byte[] packet, int transport)
    {
        bool v6 = packet[0] >> 4 == 6;
        string end(int at, int bytes, int port) => Ip.From(new System.Net.IPAddress(packet.AsSpan(at, bytes)))
            .WithPort(BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(transport + port)));
        return v6 ? (end(8, 16, 0), end(24, 16, 2)) : (end(12, 4, 0), end(16, 4, 2));
    }
}
