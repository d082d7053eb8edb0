using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Guard;

/// <summary>The options of a SYN that a cookie can carry. A connection opened through a cookie has no others: no timestamps, no ECN, no fast open.</summary>
/// <param name="MaximumSegment">Bytes; 0: not offered.</param>
/// <param name="Scale">Window scale; <see cref="NoScale"/>: not offered.</param>
internal readonly record struct SynOptions(ushort MaximumSegment, byte Scale, bool Sack)
{
    public const byte NoScale = 15;

    /// <summary>Bytes that <see cref="Write"/> needs at most.</summary>
    public const int LargestBytes = 12;

    private const byte LargestScale = 14;

    public bool HasScale => Scale != NoScale;

    public static SynOptions Read(ReadOnlySpan<byte> options) => new(
        TcpOptions.TryFind(options, TcpOptions.MaximumSegmentSize, 4, out ReadOnlySpan<byte> size) ? BinaryPrimitives.ReadUInt16BigEndian(size) : (ushort)0,
        TcpOptions.TryFind(options, TcpOptions.WindowScale, 3, out ReadOnlySpan<byte> scale) ? Math.Min(scale[0], LargestScale) : NoScale,
        TcpOptions.TryFind(options, TcpOptions.SackPermitted, 2, out _));

    /// <summary>Bytes written, a multiple of four.</summary>
    public int Write(Span<byte> options)
    {
        options[0] = TcpOptions.MaximumSegmentSize;
        options[1] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(options[2..], MaximumSegment);
        int length = 4;
        if (Sack)
        {
            ReadOnlySpan<byte> permitted = [TcpOptions.NoOperation, TcpOptions.NoOperation, TcpOptions.SackPermitted, 2];
            permitted.CopyTo(options[length..]);
            length += 4;
        }

        if (HasScale)
        {
            ReadOnlySpan<byte> scale = [TcpOptions.NoOperation, TcpOptions.WindowScale, 3, Scale];
            scale.CopyTo(options[length..]);
            length += 4;
        }

        return length;
    }
}
