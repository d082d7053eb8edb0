using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Guard;

/// <summary>A TCP segment over IPv4 to build with options and window, and to read back.</summary>
internal sealed record Segment(string From, string To, string Flags, uint Sequence, uint Acknowledgement = 0)
{
    public ushort Window { get; init; } = 0x7210;

    public byte[] Options { get; init; } = [];

    public string Payload { get; init; } = "";

    /// <summary>MSS 1460, SACK permitted, window scale.</summary>
    public static byte[] SynOptions(byte scale, ushort mss = 1460) => [2, 4, (byte)(mss >> 8), (byte)mss, 1, 1, 4, 2, 1, 3, 3, scale];

    public byte[] ToPacket()
    {
        byte[] plain = Wire.Tcp(From, To, Flags, Payload, Sequence, Acknowledgement);
        int at = Wire.HeaderBytes(plain);
        byte[] packet = [.. plain[..(at + 20)], .. Options, .. plain[(at + 20)..]];
        bool v6 = packet[0] >> 4 == 6;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(v6 ? 4 : 2), (ushort)(packet.Length - (v6 ? at : 0)));
        packet = v6 ? packet : Wire.WriteHeaderChecksum(packet);
        packet[at + 12] = (byte)((20 + Options.Length) / 4 << 4);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at + 14), Window);
        packet[at + 16] = packet[at + 17] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at + 16), ReferenceChecksum.Of(packet.AsSpan(at), ReferenceChecksum.Pseudo(packet)));
        return packet;
    }

    /// <summary>Fails when there is no packet or a checksum is wrong.</summary>
    public static Segment Of(byte[]? packet)
    {
        Assert.NotNull(packet);
        Assert.True(ReferenceChecksum.IsValid(packet), "A checksum is wrong.");
        string[] words = Wire.Describe(packet).Split(' ');
        byte[] tcp = packet[Wire.HeaderBytes(packet)..];
        int header = (tcp[12] >> 4) * 4;
        return new Segment(words[0], words[2], words[3], BinaryPrimitives.ReadUInt32BigEndian(tcp.AsSpan(4)), BinaryPrimitives.ReadUInt32BigEndian(tcp.AsSpan(8)))
        {
            Window = BinaryPrimitives.ReadUInt16BigEndian(tcp.AsSpan(14)),
            Options = tcp[20..header],
            Payload = System.Text.Encoding.ASCII.GetString(tcp[header..]),
        };
    }

    public byte? Scale => TcpOptions.TryFind(Options, TcpOptions.WindowScale, 3, out ReadOnlySpan<byte> scale) ? scale[0] : null;

    public bool Sack => TcpOptions.TryFind(Options, TcpOptions.SackPermitted, 2, out _);

    public ushort? Mss => TcpOptions.TryFind(Options, TcpOptions.MaximumSegmentSize, 4, out ReadOnlySpan<byte> size) ? BinaryPrimitives.ReadUInt16BigEndian(size) : null;
}
