using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Helpers;

/// <summary>Makes one side's segment the other's: replaced bytes, and numbers that follow from them. Owns the room in which a payload is put together.</summary>
internal sealed class StreamRewriting
{
    private const int Slack = 256;
    private readonly byte[] _payload = GC.AllocateArray<byte>(ForwardingCore.FrameBytes + Slack, pinned: true);

    /// <summary>False: the segment cannot be translated and must not leave.</summary>
    /// <param name="other">Of the direction that the segment acknowledges.</param>
    public bool TryApply<TMap>(Span<byte> frame, ref Packet packet, ref readonly ReplacedStream stream, in TMap other, int mtu)
        where TMap : struct, IAcknowledgementMap
    {
        uint start = BinaryPrimitives.ReadUInt32BigEndian(frame[(packet.Transport + 4)..]);
        int bytes = packet.TransportBytes - packet.TransportHeaderBytes;
        ReadOnlySpan<byte> payload = frame.Slice(packet.Transport + packet.TransportHeaderBytes, bytes);
        if (Touches(in stream, start, bytes))
        {
            int length = Compose(in stream, start, payload);
            if (!SegmentResize.TryReplace(frame, ref packet, _payload.AsSpan(0, length), mtu))
            {
                return false;
            }
        }

        int moved = (int)(NumberOf(in stream, start) - start);
        SequenceShifting.Apply(frame, in packet, new SequenceShift(0, moved, moved), in other);
        return true;
    }

    private static bool Touches(ref readonly ReplacedStream stream, uint start, int bytes)
    {
        for (int i = 0; i < stream.Count; i++)
        {
            if ((int)(stream[i].Start - start) < bytes && (int)(stream[i].End - start) > 0)
            {
                return true;
            }
        }

        return false;
    }

    private static uint NumberOf(ref readonly ReplacedStream stream, uint start)
    {
        for (int i = 0; i < stream.Count; i++)
        {
            int inside = (int)(start - stream[i].Start);
            if (inside >= 0 && inside < stream[i].OldBytes)
            {
                return stream[i].Start + (uint)(stream[i].Before + stream[i].Place(inside));
            }
        }

        return stream.Forward(start);
    }

    /// <summary>Oldest replacement first; returns the length of the new payload.</summary>
    private int Compose(ref readonly ReplacedStream stream, uint start, ReadOnlySpan<byte> payload)
    {
        int read = 0;
        int written = 0;
        for (int i = stream.Count - 1; i >= 0; i--)
        {
            ref readonly Replacement replacement = ref stream[i];
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
