using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// The flows that a full table can do without, oldest first: half-open TCP connections, then half-open SCTP and datagrams that nobody answered. Two
/// lists through the flows themselves, so that joining, leaving and finding the oldest cost the same at any size.
/// </summary>
internal sealed class EmbryonicFlows(FlowStore flows, ServerRegistry servers)
{
    private Ends _halfOpen;
    private Ends _unanswered;

    /// <summary>Half-open TCP connections.</summary>
    public int HalfOpen => _halfOpen.Count;

    public int Unanswered => _unanswered.Count;

    /// <summary>The flow to give up first; 0: there is none.</summary>
    public int Oldest => _halfOpen.First != 0 ? _halfOpen.First : _unanswered.First;

    /// <summary>Call after anything that may make a flow embryonic or end that.</summary>
    public void Update(int slot, ref Flow flow)
    {
        bool isIn = (flow.Marks & FlowMarks.Embryonic) != 0;
        bool belongs = Belongs(in flow);
        if (isIn == belongs)
        {
            return;
        }

        if (belongs)
        {
            Join(slot, ref flow);
        }
        else
        {
            Leave(slot, ref flow);
        }
    }

    public void Remove(int slot, ref Flow flow)
    {
        if ((flow.Marks & FlowMarks.Embryonic) != 0)
        {
            Leave(slot, ref flow);
        }
    }

    private static bool Belongs(in Flow flow) => flow.Kind != ConnectionKind.Template && flow.State switch
    {
        ConnectionState.None or ConnectionState.SynRecv or ConnectionState.SynAck => flow.Protocol == TransportProtocol.Tcp,
        >= ConnectionState.SctpNone and < ConnectionState.SctpEstablished => true,
        ConnectionState.Udp or ConnectionState.IcmpQuery => flow.InitiatorPackets <= 1 && (flow.Marks & FlowMarks.Answered) == 0,
        _ => false,
    };

    private ref Ends EndsOf(in Flow flow)
    {
        if (flow.Protocol == TransportProtocol.Tcp)
        {
            return ref _halfOpen;
        }

        return ref _unanswered;
    }

    private void Join(int slot, ref Flow flow)
    {
        ref Ends ends = ref EndsOf(in flow);
        flow.Marks |= FlowMarks.Embryonic;
        flow.EmbryonicNext = 0;
        flow.EmbryonicPrevious = ends.Last;
        ref int link = ref ends.First;
        if (ends.Last != 0)
        {
            link = ref flows[ends.Last].EmbryonicNext;
        }

        link = slot;
        ends.Last = slot;
        Count(ref ends, in flow, 1);
    }

    private void Leave(int slot, ref Flow flow)
    {
        ref Ends ends = ref EndsOf(in flow);
        flow.Marks &= ~FlowMarks.Embryonic;
        (int previous, int next) = (flow.EmbryonicPrevious, flow.EmbryonicNext);
        _ = previous == 0 ? ends.First = next : flows[previous].EmbryonicNext = next;
        _ = next == 0 ? ends.Last = previous : flows[next].EmbryonicPrevious = previous;
        Count(ref ends, in flow, -1);
    }

    private void Count(ref Ends ends, in Flow flow, int change)
    {
        ends.Count += change;
        if (flow.ServerSlot != 0 && flow.Protocol == TransportProtocol.Tcp)
        {
            servers[flow.ServerSlot].HalfOpen += change;
        }
    }

    private struct Ends
    {
        public int First;
        public int Last;
        public int Count;
    }
}
