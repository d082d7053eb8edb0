using System.Buffers.Binary;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Fuzz;

/// <summary>Changes frames at random, from a flipped bit to a new address, a piece, a quote inside an ICMP error, or the start of another frame.</summary>
internal sealed class FrameMutator(Random random, Func<byte[]> another)
{
    private const int Virtio = ForwardingCore.VirtioHeaderBytes;
    private static readonly byte[] Interesting = [0, 1, 4, 6, 7, 8, 17, 20, 40, 44, 58, 60, 64, 127, 128, 132, 137, 255];

    public byte[] Mutate(byte[] frame)
    {
        byte[] copy = [.. frame];
        for (int i = random.Next(1, 4); i > 0 && copy.Length > Virtio + 1; i--)
        {
            copy = Once(copy);
        }

        return copy.Length > 3000 ? copy[..3000] : copy;
    }

    private byte[] Once(byte[] frame)
    {
        int at = Virtio + random.Next(Math.Min(frame.Length - Virtio, 80));
        switch (random.Next(16))
        {
            case 0:
                frame[at] ^= (byte)(1 << random.Next(8));
                return frame;
            case 1:
                frame[at] = Interesting[random.Next(Interesting.Length)];
                return frame;
            case 2:
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
                return frame;
            case 3:
                return frame[..random.Next(1, frame.Length)];
            case 4:
                return [.. frame, .. new byte[random.Next(100)]];
            case 5:
                return [.. frame[..at], .. frame[Math.Min(frame.Length, at + (8 * random.Next(1, 3)))..]];
            case 6:
                return [.. frame[..at], .. new byte[8 * random.Next(1, 3)], .. frame[at..]];
            case 7:
                byte[] other = another(); // A noise may be shorter than a virtio header.
                return [.. frame[..at], .. other[Math.Min(other.Length, Virtio + 1)..]];
            case 8:
                return Header(frame, random.Next(Virtio));
            case 9:
                return Segments(frame);
            case 10:
                return Quoted(frame);
            case 11 or 12:
                return Piece(frame);
            case 13:
                return Transport(frame, (byte)random.Next(256));
            default:
                return Transport(frame, Interesting[random.Next(Interesting.Length)]);
        }
    }

    private byte[] Header(byte[] frame, int at)
    {
        frame[at] = Interesting[random.Next(Interesting.Length)];
        return frame;
    }

    /// <summary>A byte of the ports, sequence numbers, flags or chunk headers.</summary>
    private byte[] Transport(byte[] frame, byte value)
    {
        if (FrameChecksums.TryTransport(frame, out int transport, out _))
        {
            frame[Math.Min(frame.Length - 1, transport + random.Next(24))] = value;
        }

        return frame;
    }

    /// <summary>The virtio header of a partial checksum and, for TCP, of a super-packet.</summary>
    private byte[] Segments(byte[] frame)
    {
        if (FrameChecksums.TryTransport(frame, out int transport, out byte protocol) && protocol is 6 or 17 or 132)
        {
            frame[0] = 1;
            frame[1] = protocol == 6 && random.Next(2) == 0 ? (byte)(frame[Virtio] >> 4 == 6 ? 4 : 1) : (byte)0;
            frame[4] = 100;
            (frame[6], frame[7], frame[8], frame[9]) = ((byte)(transport - Virtio), 0, (byte)(protocol == 6 ? 16 : protocol == 17 ? 6 : 8), 0);
        }

        return frame;
    }

    /// <summary>The packet inside an ICMP error about it, from where it went.</summary>
    private byte[] Quoted(byte[] frame)
    {
        byte[] packet = frame[Virtio..];
        bool v6 = packet[0] >> 4 == 6;
        if (packet.Length < (v6 ? 40 : 20) || packet.Length > 600)
        {
            return frame;
        }

        byte[] error = [.. packet[..(v6 ? 40 : 20)], .. new byte[8], .. packet];
        (int source, int destination, int bytes) = v6 ? (8, 24, 16) : (12, 16, 4);
        packet.AsSpan(source, bytes).CopyTo(error.AsSpan(destination));
        packet.AsSpan(destination, bytes).CopyTo(error.AsSpan(source));
        error[0] = v6 ? error[0] : (byte)0x45;
        error[v6 ? 6 : 9] = v6 ? (byte)58 : (byte)1;
        error[v6 ? 40 : 20] = v6 ? (byte)random.Next(1, 5) : (byte)(random.Next(2) == 0 ? 3 : 11);
        error[v6 ? 41 : 21] = (byte)random.Next(6);
        BinaryPrimitives.WriteUInt16BigEndian(error.AsSpan(v6 ? 4 : 2), (ushort)(error.Length - (v6 ? 40 : 0)));
        return [.. frame[..Virtio], .. error];
    }

    private byte[] Piece(byte[] frame)
    {
        byte[] packet = frame[Virtio..];
        if (!FrameChecksums.TryTransport(frame, out int transport, out _) || ReferenceChecksum.IsFragment(packet) || frame.Length - transport < 16)
        {
            return frame;
        }

        byte[] payload = frame[transport..];
        int offset = 8 * random.Next(payload.Length / 8);
        int bytes = Math.Min(payload.Length - offset, 8 * random.Next(1, 1 + (payload.Length / 8)));
        bool more = offset + bytes < payload.Length && bytes % 8 == 0;
        return [.. new byte[Virtio], .. Pieces.Piece(packet, payload[offset..(offset + bytes)], offset, more, (uint)random.Next(4))];
    }
}
