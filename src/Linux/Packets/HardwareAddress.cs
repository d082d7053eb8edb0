using System.Buffers.Binary;

namespace HaLvs.Linux.Packets;

/// <summary>An Ethernet address of 6 bytes, in the lower 48 bits.</summary>
public readonly record struct HardwareAddress(ulong Value)
{
    public const int Bytes = 6;

    public static HardwareAddress Broadcast { get; } = new(0xFFFF_FFFF_FFFF);

    public static HardwareAddress Read(ReadOnlySpan<byte> bytes) =>
        new(((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(Value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)Value);
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        Write(bytes);
        return string.Join(':', Convert.ToHexStringLower(bytes).Chunk(2).Select(pair => new string(pair)));
    }
}
