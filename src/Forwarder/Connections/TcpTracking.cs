using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// Follows the sequence numbers of both sides, enough to tell a reset that its receiver will obey from one that it will not (RFC 5961 section 3.2), and
/// to write resets that both will obey. What nobody could have meant is not believed: a forged segment teaches nothing. Every number stays as its
/// sender wrote it; only when one side's are moved (<see cref="SequenceShift"/>) are they translated for the comparison.
/// </summary>
internal static class TcpTracking
{
    /// <summary>RFC 7323 section 2.3: the largest scale, taken when the SYN was not seen.</summary>
    private const int LargestScale = 14;

    /// <summary>A segment that is no reset; the transport header has been checked.</summary>
    public static void Observe(ReadOnlySpan<byte> frame, in Packet packet, ref Flow flow, bool fromClient)
    {
        ref TcpProgress own = ref fromClient ? ref flow.Progress.ByClient : ref flow.Progress.ByServer;
        ref TcpProgress other = ref fromClient ? ref flow.Progress.ByServer : ref flow.Progress.ByClient;
        ReadOnlySpan<byte> header = frame[packet.Transport..];
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        bool isSyn = (packet.Flags & TcpFlags.Syn) != 0;
        if (isSyn)
        {
            if (own.KnowsSent && flow.State is not (ConnectionState.None or ConnectionState.SynRecv or ConnectionState.SynSent or ConnectionState.SynAck))
            {
                return; // Old or forged: it must not make us forget what we know.
            }

            own = default;
            ReadOptions(header[PacketParser.MinimumHeaderBytes..packet.TransportHeaderBytes], ref own);
        }

        Sent(ref own, in other, sequence + SegmentLength(in packet), fromClient ? flow.ClientShift : flow.ServerShift);
        if ((packet.Flags & TcpFlags.Ack) != 0)
        {
            uint acknowledgement = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
            int scale = isSyn ? 0 : ScaleOf(in own, in other);
            uint edge = acknowledgement + ((uint)BinaryPrimitives.ReadUInt16BigEndian(header[14..]) << scale);
            Acknowledged(ref own, in other, acknowledgement, edge, fromClient ? flow.ServerShift : flow.ClientShift);
        }
    }

    /// <summary>What the receiver of this reset will do with it, as far as we can know.</summary>
    public static ResetVerdict Judge(ReadOnlySpan<byte> frame, in Packet packet, in Flow flow, bool fromClient)
    {
        ref readonly TcpProgress own = ref fromClient ? ref flow.Progress.ByClient : ref flow.Progress.ByServer;
        ref readonly TcpProgress other = ref fromClient ? ref flow.Progress.ByServer : ref flow.Progress.ByClient;
        if (!other.KnowsAcknowledged)
        {
            return ResetVerdict.Closes;
        }

        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(frame[(packet.Transport + 4)..]);
        uint seen = Moved(sequence, fromClient ? flow.ClientShift : flow.ServerShift);
        if (seen == other.Acknowledged || (own.KnowsSent && sequence == own.Sent))
        {
            return ResetVerdict.Closes;
        }

        bool inWindow = !IsBefore(seen, other.Acknowledged) && !IsBefore(other.Allowed, seen);
        return inWindow ? ResetVerdict.Challenged : ResetVerdict.Ignored;
    }

    /// <summary>
    /// True unless the segment lies wholly outside the window of its receiver, which then drops it (RFC 9293 section 3.10.7.4): all of it acknowledged, or
    /// all behind what was ever allowed. The latest segment sent again is acceptable, and so is any while the window is not known.
    /// </summary>
    public static bool IsAcceptable(ReadOnlySpan<byte> frame, in Packet packet, in Flow flow, bool fromClient)
    {
        ref readonly TcpProgress other = ref fromClient ? ref flow.Progress.ByServer : ref flow.Progress.ByClient;
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(frame[(packet.Transport + 4)..]);
        uint seen = Moved(sequence, fromClient ? flow.ClientShift : flow.ServerShift);
        return !other.KnowsAcknowledged || (!IsBefore(seen + SegmentLength(in packet), other.Acknowledged) && !IsBefore(other.Allowed, seen));
    }

    /// <summary>The number as the other side sees it.</summary>
    public static uint Moved(uint sequence, in SequenceShift shift) =>
        shift.IsNone ? sequence : sequence + (uint)(IsBefore(sequence, shift.From) ? shift.Before : shift.After);

    /// <summary>SEG.LEN of RFC 9293: payload, and one each for SYN and FIN.</summary>
    public static uint SegmentLength(in Packet packet) => (uint)(packet.TransportBytes - packet.TransportHeaderBytes)
        + (uint)((packet.Flags & TcpFlags.Syn) != 0 ? 1 : 0) + (uint)((packet.Flags & TcpFlags.Fin) != 0 ? 1 : 0);

    public static int ScaleOf(in TcpProgress own, in TcpProgress other)
    {
        if (own.Syn == SynKnowledge.NotSeen)
        {
            return LargestScale;
        }

        return own.Syn == SynKnowledge.WithScale && other.Syn != SynKnowledge.WithoutScale ? own.Scale : 0;
    }

    /// <summary>Serial number arithmetic of RFC 9293 section 3.4.</summary>
    public static bool IsBefore(uint a, uint b) => (int)(a - b) < 0;

    private static void Sent(ref TcpProgress own, in TcpProgress other, uint end, in SequenceShift shift)
    {
        bool isNews = !own.KnowsSent || IsBefore(own.Sent, end);
        if (isNews && (!other.KnowsAcknowledged || !IsBefore(other.Allowed, Moved(end, in shift))))
        {
            own.Sent = end;
            own.KnowsSent = true;
        }
    }

    /// <summary>Nobody acknowledges what was never sent.</summary>
    private static void Acknowledged(ref TcpProgress own, in TcpProgress other, uint acknowledgement, uint edge, in SequenceShift shift)
    {
        if (other.KnowsSent && IsBefore(Moved(other.Sent, in shift), acknowledgement))
        {
            return;
        }

        if (!own.KnowsAcknowledged)
        {
            (own.Acknowledged, own.Allowed, own.KnowsAcknowledged) = (acknowledgement, edge, true);
            return;
        }

        own.Acknowledged = IsBefore(own.Acknowledged, acknowledgement) ? acknowledgement : own.Acknowledged;
        own.Allowed = IsBefore(own.Allowed, edge) ? edge : own.Allowed;
    }

    private static void ReadOptions(ReadOnlySpan<byte> options, ref TcpProgress own)
    {
        own.Syn = TcpOptions.TryFind(options, TcpOptions.WindowScale, 3, out ReadOnlySpan<byte> scale) ? SynKnowledge.WithScale : SynKnowledge.WithoutScale;
        own.Scale = own.Syn == SynKnowledge.WithScale ? Math.Min(scale[0], (byte)LargestScale) : (byte)0;
    }
}

/// <summary>What a reset does to a connection.</summary>
internal enum ResetVerdict : byte
{
    /// <summary>Exactly what the receiver expects next, or nothing is known: the connection is over.</summary>
    Closes = 0,

    /// <summary>In the window, not exact: the receiver asks back with an ACK, which a true reset answers with an exact one (RFC 5961 section 3.2).</summary>
    Challenged = 1,

    /// <summary>Outside the window: the receiver drops it.</summary>
    Ignored = 2,
}
