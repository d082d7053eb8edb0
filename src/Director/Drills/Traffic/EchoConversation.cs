using System.Buffers.Binary;

namespace HaLvs.Director.Drills.Traffic;

/// <summary>
/// 64-byte messages: connection number (4 bytes, big-endian), sequence (8), then a pattern that differs in every byte, message and connection.
/// The echo is a stream, so the byte at position p belongs to message p / 64: a byte of another connection, a lost or a doubled one shows at once.
/// </summary>
internal sealed class EchoConversation(uint connection) : Conversation
{
    public const int MessageBytes = 64;

    private readonly byte[] _expected = new byte[MessageBytes];
    private long _written;
    private long _read;
    private bool _damaged;

    public override bool CanWrite => true;

    public override bool OwesAnswer => Volatile.Read(ref _read) < Volatile.Read(ref _written);

    public override int Write(Span<byte> destination)
    {
        Compose(destination[..MessageBytes], connection, (ulong)(_written / MessageBytes));

        // Before the bytes can come back.
        Volatile.Write(ref _written, _written + MessageBytes);
        return MessageBytes;
    }

    public override Reading Read(ReadOnlySpan<byte> received)
    {
        int answers = 0;
        int corrupted = 0;
        while (received.Length > 0)
        {
            if (_read >= Volatile.Read(ref _written))
            {
                return new Reading(answers, corrupted + 1, Broken: "more bytes came back than were sent");
            }

            int taken = Compare(received);
            received = received[taken..];
            Volatile.Write(ref _read, _read + taken);
            if (_read % MessageBytes == 0)
            {
                answers += _damaged ? 0 : 1;
                corrupted += _damaged ? 1 : 0;
            }
        }

        return new Reading(answers, corrupted);
    }

    public static void Compose(Span<byte> message, uint connection, ulong sequence)
    {
        BinaryPrimitives.WriteUInt32BigEndian(message, connection);
        BinaryPrimitives.WriteUInt64BigEndian(message[4..], sequence);
        uint seed = (connection * 2_654_435_761) ^ ((uint)sequence * 40_503);
        for (int i = 12; i < message.Length; i++)
        {
            message[i] = (byte)((seed >> (i % 4 * 8)) + (uint)(i * 37));
        }
    }

    /// <summary>Compares up to the end of the current message; returns how many bytes.</summary>
    private int Compare(ReadOnlySpan<byte> received)
    {
        int offset = (int)(_read % MessageBytes);
        if (offset == 0)
        {
            Compose(_expected, connection, (ulong)(_read / MessageBytes));
            _damaged = false;
        }

        int length = Math.Min(received.Length, MessageBytes - offset);
        _damaged |= !received[..length].SequenceEqual(_expected.AsSpan(offset, length));
        return length;
    }
}
