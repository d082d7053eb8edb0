using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Sending;

namespace HaLvs.Forwarder.Guard;

/// <summary>
/// Ends connections before their time and says so: a reset to both ends of a TCP connection, each with the sequence number that its receiver expects
/// next. The flow stays for the ten seconds of CLOSE, so that whoever missed the reset gets one that answers its next segment exactly.
/// </summary>
internal sealed class ConnectionEnding(ConnectionTable connections, PendingFrames pending, ForwarderCounters counters)
{
    /// <summary>Up to two resets to each end.</summary>
    private const int LargestFrames = 4 * (OwnSegment.LargestFrame + sizeof(int));

    /// <summary>Ends the flow. False: no room to tell its ends; nothing was done, try again when frames have left.</summary>
    public bool Reset(int slot, long now)
    {
        ref Flow flow = ref connections[slot];
        bool tellsEnds = flow.Protocol == TransportProtocol.Tcp && flow.Kind != ConnectionKind.Template && !TcpStates.IsOver(flow.State)
            && flow.State != ConnectionState.Listen;
        if (!tellsEnds)
        {
            End(slot);
            return true;
        }

        if (pending.FreeBytes < LargestFrames)
        {
            return false;
        }

        TellClient(in flow);
        TellServer(in flow);
        connections.Advance(slot, ConnectionState.Close, now);
        flow.Marks = (flow.Marks & ~FlowMarks.ProxyHandshake) | FlowMarks.Ended;
        counters.EndedConnections++;
        return true;
    }

    /// <summary>One that is over already and waits in TIME_WAIT or CLOSE needs no word; nor do datagrams.</summary>
    private void End(int slot)
    {
        if ((connections[slot].Marks & FlowMarks.Ended) == 0)
        {
            connections.End(slot);
            counters.EndedConnections++;
        }
    }

    private void TellClient(in Flow flow)
    {
        Ends ends = new(flow.Virtual, flow.VirtualPort, flow.Client, flow.ClientPort);
        Tell(in ends, in flow.Progress.ByServer, flow.ServerShift, in flow.Progress.ByClient);
    }

    private void TellServer(in Flow flow)
    {
        Ends ends = new(flow.ClientInside, flow.ClientPortInside, flow.Server, flow.ServerPort);
        Tell(in ends, in flow.Progress.ByClient, flow.ClientShift, in flow.Progress.ByServer);
    }

    /// <summary>
    /// Data may be on its way to the receiver: it expects what the sender sent last if that arrives, and what it acknowledged if not. Where nothing is known
    /// (after a takeover) an ACK from nowhere makes it answer with where it stands, and that is answered with a reset.
    /// </summary>
    private void Tell(in Ends ends, in TcpProgress sender, SequenceShift shift, in TcpProgress receiver)
    {
        uint sent = TcpTracking.Moved(sender.Sent, in shift);
        uint acknowledgement = receiver.KnowsSent ? receiver.Sent : 0;
        TcpFlags flags = receiver.KnowsSent ? TcpFlags.Rst | TcpFlags.Ack : TcpFlags.Rst;
        if (sender.KnowsSent || (receiver.KnowsSent && !receiver.KnowsAcknowledged))
        {
            Send(in ends, flags, sent, acknowledgement);
        }

        if (receiver.KnowsAcknowledged && (!sender.KnowsSent || receiver.Acknowledged != sent))
        {
            Send(in ends, flags, receiver.Acknowledged, acknowledgement);
        }

        if (!sender.KnowsSent && !receiver.KnowsAcknowledged && !receiver.KnowsSent)
        {
            Send(in ends, TcpFlags.Ack, 0, 0);
        }
    }

    private void Send(in Ends ends, TcpFlags flags, uint sequence, uint acknowledgement)
    {
        Span<byte> frame = stackalloc byte[OwnSegment.LargestFrame];
        OwnSegment segment = new()
        {
            From = ends.From,
            FromPort = ends.FromPort,
            To = ends.To,
            ToPort = ends.ToPort,
            Flags = flags,
            Sequence = sequence,
            Acknowledgement = acknowledgement,
        };
        pending.TryAdd(frame[..segment.Write(frame)]);
        counters.AnsweredPackets++;
    }

    private readonly record struct Ends(Ip From, ushort FromPort, Ip To, ushort ToPort);
}
