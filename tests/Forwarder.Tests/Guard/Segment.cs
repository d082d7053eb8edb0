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
        byte[] packet = [.. plain[..40], .. Options, .. plain[40..]];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        Wire.WriteHeaderChecksum(packet);
        packet[32] = (byte)((20 + Options.Length) / 4 << 4);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(34), Window);
        packet[36] = packet[37] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(36), ReferenceChecksum.Of(packet.AsSpan(20), ReferenceChecksum.Pseudo(packet)));
        return packet;
    }

    /// <summary>Fails when there is no packet or a checksum is wrong.</summary>
    public static Segment Of(byte[]? packet)
    {
        Assert.NotNull(packet);
        Assert.True(ReferenceChecksum.IsValid(packet), "A checksum is wrong.");
        string[] words = Wire.Describe(packet).Split(' ');
        int header = (packet[32] >> 4) * 4;
        return new Segment(words[0], words[2], words[3], BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(24)), BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(28)))
        {
            Window = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(34)),
            Options = packet[40..(20 + header)],
            Payload = System.Text.Encoding.ASCII.GetString(packet[(20 + header)..]),
        };
    }

    public byte? Scale => TcpOptions.TryFind(Options, TcpOptions.WindowScale, 3, out ReadOnlySpan<byte> scale) ? scale[0] : null;

    public bool Sack => TcpOptions.TryFind(Options, TcpOptions.SackPermitted, 2, out _);

    public ushort? Mss => TcpOptions.TryFind(Options, TcpOptions.MaximumSegmentSize, 4, out ReadOnlySpan<byte> size) ? BinaryPrimitives.ReadUInt16BigEndian(size) : null;
}
