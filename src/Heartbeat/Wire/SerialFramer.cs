using System.Buffers.Binary;

namespace HaLvs.Heartbeat.Wire;

/// <summary>
/// Messages on a serial line: COBS of the message and its CRC-32 (big-endian), between zero bytes. A line drops, adds and changes bytes; after any
/// damage the next zero starts over, so at most the damaged frame and its neighbour are lost. One framer per line and direction of reading.
/// </summary>
public sealed class SerialFramer
{
    /// <summary>Longest message that fits; longer runs between zeros are dropped and counted.</summary>
    public const int MessageBytesMaximum = 256;

    private const int CrcBytes = 4;
    private static readonly int EncodedMaximum = Cobs.EncodedBytesMaximum(MessageBytesMaximum + CrcBytes);

    private readonly byte[] _run = new byte[EncodedMaximum];
    private readonly byte[] _decoded = new byte[MessageBytesMaximum + CrcBytes];
    private int _length;
    private bool _overflow;

    public long Frames { get; private set; }

    /// <summary>Runs between zeros that were no frame: bad encoding or bad CRC.</summary>
    public long Damaged { get; private set; }

    public long Oversize { get; private set; }

    /// <summary>The frame for a message: also begins with a zero, so that noise before it costs nothing.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty || message.Length > MessageBytesMaximum)
            throw new ArgumentException($"a serial message has 1 to {MessageBytesMaximum} bytes, not {message.Length}", nameof(message));
        Span<byte> plain = stackalloc byte[message.Length + CrcBytes];
        message.CopyTo(plain);
        BinaryPrimitives.WriteUInt32BigEndian(plain[message.Length..], Crc32.Of(message));
        Span<byte> encoded = stackalloc byte[Cobs.EncodedBytesMaximum(plain.Length) + 2];
        encoded[0] = 0;
        var written = Cobs.Encode(plain, encoded[1..]) + 1;
        encoded[written++] = 0;
        return encoded[..written].ToArray();
    }

    /// <summary>Takes whatever the line gave, in pieces of any size.</summary>
    /// <returns>The messages that became complete, in order.</returns>
    public IReadOnlyList<byte[]> Feed(ReadOnlySpan<byte> bytes)
    {
        List<byte[]>? messages = null;
        foreach (var value in bytes)
        {
            if (value != 0) Append(value);
            else if (EndRun() is { } message) (messages ??= []).Add(message);
        }

        return messages ?? (IReadOnlyList<byte[]>)[];
    }

    private void Append(byte value)
    {
        if (_length < _run.Length) _run[_length++] = value;
        else _overflow = true;
    }

    private byte[]? EndRun()
    {
        var run = _run.AsSpan(0, _length);
        var overflow = _overflow;
        (_length, _overflow) = (0, false);
        if (overflow) Oversize++;
        else if (run.Length > 0) return Open(run);
        return null;
    }

    private byte[]? Open(ReadOnlySpan<byte> run)
    {
        var length = Cobs.Decode(run, _decoded) - CrcBytes;
        if (length <= 0 || Crc32.Of(_decoded.AsSpan(0, length)) != BinaryPrimitives.ReadUInt32BigEndian(_decoded.AsSpan(length)))
        {
            Damaged++;
            return null;
        }

        Frames++;
        return _decoded.AsSpan(0, length).ToArray();
    }
}
