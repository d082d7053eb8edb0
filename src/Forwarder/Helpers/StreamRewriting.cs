using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Helpers;

/// <summary>Makes a server's segment the client's: replaced bytes and the numbers that follow from them. Owns the room in which a payload is put together.</summary>
internal sealed class StreamRewriting
{
    private const int Slack = 256;
    private readonly byte[] _payload = GC.AllocateArray<byte>(ForwardingCore.FrameBytes + Slack, pinned: true);

    /// <summary>False: the segment cannot be translated and must not leave.</summary>
    public bool TryApply(Span<byte> frame, ref Packet packet, ref readonly FtpDialogue dialogue, in SequenceShift clientShift, int mtu)
    {
        uint start = BinaryPrimitives.ReadUInt32BigEndian(frame[(packet.Transport + 4)..]);
        int bytes = packet.TransportBytes - packet.TransportHeaderBytes;
        ReadOnlySpan<byte> payload = frame.Slice(packet.Transport + packet.TransportHeaderBytes, bytes);
        if (Touches(in dialogue, start, bytes))
        {
            int length = Compose(in dialogue, start, payload);
            if (!SegmentResize.TryReplace(frame, ref packet, _payload.AsSpan(0, length), mtu))
            {
                return false;
            }
        }

        int moved = (int)(NumberOf(in dialogue, start) - start);
        SequenceShifting.Apply(frame, in packet, new SequenceShift(0, moved, moved), in clientShift);
        return true;
    }

    private static bool Touches(ref readonly FtpDialogue dialogue, uint start, int bytes)
    {
        for (int i = 0; i < dialogue.Count; i++)
        {
            if ((int)(dialogue[i].Start - start) < bytes && (int)(dialogue[i].End - start) > 0)
            {
                return true;
            }
        }

        return false;
    }

    private static uint NumberOf(ref readonly FtpDialogue dialogue, uint start)
    {
        for (int i = 0; i < dialogue.Count; i++)
        {
            int inside = (int)(start - dialogue[i].Start);
            if (inside >= 0 && inside < dialogue[i].OldBytes)
            {
                return dialogue[i].Start + (uint)(dialogue[i].Before + dialogue[i].Place(inside));
            }
        }

        return dialogue.Forward(start);
    }

    /// <summary>Oldest replacement first; returns the length of the new payload.</summary>
    private int Compose(ref readonly FtpDialogue dialogue, uint start, ReadOnlySpan<byte> payload)
    {
        int read = 0;
        int written = 0;
        for (int i = dialogue.Count - 1; i >= 0; i--)
        {
            ref readonly Replacement replacement = ref dialogue[i];
            int first = (int)(replacement.Start - start);
            int from = Math.Max(first, read);
            int to = Math.Min(first + replacement.OldBytes, payload.Length);
            if (from < to)
            {
                written += Write(written, payload[read..from]);
                written += Write(written, replacement.Text(from - first, to - first));
                read = to;
            }
        }

        return written + Write(written, payload[read..]);
    }

    private int Write(int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_payload.AsSpan(at));
        return bytes.Length;
    }
}
