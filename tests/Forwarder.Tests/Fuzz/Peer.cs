using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Tests.Fuzz;

/// <summary>Answers what the director sent, so that conversations get deep: the other end of TCP, SCTP and echo, roughly right in flags and numbers.</summary>
internal static class Peer
{
    private const int Virtio = ForwardingCore.VirtioHeaderBytes;

    public static byte[] Answer(byte[] emitted, Random random)
    {
        byte[] frame = [.. emitted];
        if (!FrameChecksums.TryTransport(frame, out int at, out byte protocol) || frame.Length < at + 16)
        {
            return frame;
        }

        frame.AsSpan(0, Virtio).Clear();
        bool v6 = frame[Virtio] >> 4 == 6;
        Swap(frame, Virtio + (v6 ? 8 : 12), v6 ? 16 : 4);
        frame[Virtio + (v6 ? 7 : 8)] = 60;
        if (protocol is 6 or 17 or 132)
        {
            Swap(frame, at, 2);
        }

        switch (protocol)
        {
            case 6 when frame.Length >= at + 20:
                Tcp(frame.AsSpan(at), (uint)Math.Max(0, frame.Length - at - 20), random);
                break;
            case 132:
                frame[at + 12] = frame[at + 12] switch { 1 => 2, 2 => 10, 10 => 11, 7 => 8, 8 => 14, _ => (byte)random.Next(15) };
                break;
            case 1 when frame[at] == 8:
                frame[at] = 0;
                break;
            case 58 when frame[at] == 128:
                frame[at] = 129;
                break;
        }

        return frame;
    }

    private static void Tcp(Span<byte> tcp, uint bytes, Random random)
    {
        TcpFlags flags = (TcpFlags)tcp[13];
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        uint acknowledgement = BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]);
        uint length = bytes + ((flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0 ? 1u : 0);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], (flags & TcpFlags.Ack) != 0 ? acknowledgement : 5000);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], sequence + length);
        TcpFlags back = (flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Ack;
        tcp[13] = (byte)(random.Next(8) == 0 ? back | TcpFlags.Fin : random.Next(30) == 0 ? TcpFlags.Rst | TcpFlags.Ack : back);
    }

    private static void Swap(byte[] frame, int at, int bytes)
    {
        byte[] first = frame[at..(at + bytes)];
        frame.AsSpan(at + bytes, bytes).CopyTo(frame.AsSpan(at));
        first.CopyTo(frame, at + bytes);
    }
}
