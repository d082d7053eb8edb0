using System.Buffers.Binary;

namespace HaLvs.Forwarder.Packets;

/// <summary>The common header and the first chunks of an SCTP packet (RFC 9260 section 3).</summary>
internal static class SctpChunks
{
    public const int CommonHeaderBytes = 12;
    public const int ChunkHeaderBytes = 4;

    private const int InitiateTagAt = ChunkHeaderBytes;
    private const byte ReflectedBit = 1;

    /// <summary>
    /// The first chunk decides, as in the kernel; behind a cookie chunk a bundled ABORT does (RFC 9260 section 3.3.7 allows that order).
    /// <paramref name="message"/> begins with the common header and holds at least one chunk header.
    /// </summary>
    public static void Read(ReadOnlySpan<byte> message, ref Packet packet)
    {
        packet.VerificationTag = BinaryPrimitives.ReadUInt32BigEndian(message[4..]);
        ReadOnlySpan<byte> chunk = Deciding(message[CommonHeaderBytes..]);
        packet.SctpEvent = Of(chunk[0]);
        packet.SctpReflected = (chunk[1] & ReflectedBit) != 0;
        bool tells = packet.SctpEvent is SctpEvent.Init or SctpEvent.InitAck && chunk.Length >= InitiateTagAt + sizeof(uint);
        packet.InitiateTag = tells ? BinaryPrimitives.ReadUInt32BigEndian(chunk[InitiateTagAt..]) : 0;
    }

    private static ReadOnlySpan<byte> Deciding(ReadOnlySpan<byte> first)
    {
        if (Of(first[0]) is not (SctpEvent.CookieEcho or SctpEvent.CookieAck))
        {
            return first;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(first[2..]);
        int next = (length + 3) & ~3;
        bool bundled = length >= ChunkHeaderBytes && next + ChunkHeaderBytes <= first.Length;
        return bundled && Of(first[next]) == SctpEvent.Abort ? first[next..] : first;
    }

    private static SctpEvent Of(byte chunk) => chunk switch
    {
        1 => SctpEvent.Init,
        2 => SctpEvent.InitAck,
        6 => SctpEvent.Abort,
        7 => SctpEvent.Shutdown,
        8 => SctpEvent.ShutdownAck,
        9 => SctpEvent.Error,
        10 => SctpEvent.CookieEcho,
        11 => SctpEvent.CookieAck,
        14 => SctpEvent.ShutdownComplete,
        _ => SctpEvent.Traffic,
    };
}
