using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Guard;

/// <summary>Step 6: what a packet does to its connection's state, timer and sequence numbers.</summary>
internal sealed class ConnectionProgress(ConnectionTable connections, ForwarderCounters counters)
{
    public void Packet(ReadOnlySpan<byte> frame, in Packet packet, int slot, ref Flow flow, bool fromOutside, long now)
    {
        bool byInitiator = (flow.Kind == ConnectionKind.Service) == fromOutside;
        switch (packet.Protocol)
        {
            case TransportProtocol.Tcp:
                Segment(frame, in packet, slot, ref flow, byInitiator, fromOutside, now);
                break;
            case TransportProtocol.Sctp when !Association(in packet, slot, ref flow, byInitiator, fromOutside, now):
                counters.IgnoredTags++;
                return;
            case TransportProtocol.Udp:
                connections.Advance(slot, flow.State, now);
                break;
        }

        connections.Seen(slot, ref flow, byInitiator);
        if ((packet.Flags & TcpFlags.Rst) == 0)
        {
            connections.Offload.Consider(slot, ref flow, now);
        }

        if (flow.ControllerSlot != 0 && (flow.State is ConnectionState.Established or ConnectionState.SctpEstablished || (flow.State == ConnectionState.Udp && !fromOutside)))
        {
            connections.AssureTemplateOf(in flow);
        }
    }

    /// <summary>
    /// The kernel passed this segment up, and its numbers cannot be judged: those of its connection passed unseen. A reset brings the flow back and leaves it what a
    /// challenged one would (below); whatever else comes, the state table decides.
    /// </summary>
    private void OffloadedSegment(in Packet packet, int slot, ref Flow flow, bool byInitiator, long now)
    {
        if ((packet.Flags & TcpFlags.Rst) == 0)
        {
            connections.Advance(slot, connections.NextTcpState(flow.State, packet.Flags, byInitiator), now);
            return;
        }

        connections.Offload.TakeBack(slot, ref flow);
        counters.ChallengedResets++;
        connections.EndWithin(slot, connections.TimeoutOf(ConnectionState.Close), now);
    }

    /// <summary>False: its receiver discards it, so it means nothing here, and its sender has not been seen.</summary>
    private bool Association(in Packet packet, int slot, ref Flow flow, bool byInitiator, bool fromOutside, long now)
    {
        if (!SctpTracking.Observe(in packet, ref flow, fromOutside, out bool changed))
        {
            return false;
        }

        connections.Advance(slot, SctpStates.Next(flow.State, packet.SctpEvent, byInitiator), now);
        if (changed)
        {
            connections.Log.Changed(slot);
        }

        return true;
    }

    private void Segment(ReadOnlySpan<byte> frame, in Packet packet, int slot, ref Flow flow, bool byInitiator, bool fromOutside, long now)
    {
        if ((flow.Marks & FlowMarks.Offloaded) != 0)
        {
            OffloadedSegment(in packet, slot, ref flow, byInitiator, now);
            return;
        }

        if ((packet.Flags & TcpFlags.Rst) == 0)
        {
            bool believed = (packet.Flags & (TcpFlags.Fin | TcpFlags.Syn)) != TcpFlags.Fin
                || TcpTracking.IsAcceptable(frame, in packet, in flow, fromOutside);
            TcpTracking.Observe(frame, in packet, ref flow, fromOutside);
            if (believed)
            {
                connections.Advance(slot, connections.NextTcpState(flow.State, packet.Flags, byInitiator), now);
            }

            return;
        }

        switch (TcpTracking.Judge(frame, in packet, in flow, fromOutside))
        {
            case ResetVerdict.Closes:
                connections.Advance(slot, connections.NextTcpState(flow.State, packet.Flags, byInitiator), now);
                break;
            case ResetVerdict.Challenged:
                // If it was true, nobody is left who would restart the timer; if not, the challenge's ACK does so at once.
                counters.ChallengedResets++;
                connections.EndWithin(slot, connections.TimeoutOf(ConnectionState.Close), now);
                break;
            default:
                counters.IgnoredResets++;
                break;
        }
    }
}
