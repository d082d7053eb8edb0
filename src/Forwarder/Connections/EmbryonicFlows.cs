using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// The flows that a full table can do without, oldest first: half-open TCP connections, then half-open SCTP and datagram flows of one packet that nobody
/// answered, then connections that were announced and have not begun. Three lists through the flows themselves, so that joining, leaving and finding
/// the oldest cost the same at any size.
/// </summary>
internal sealed class EmbryonicFlows(FlowStore flows, ServerRegistry servers)
{
    private Ends _halfOpen;
    private Ends _unanswered;
    private Ends _announced;

    /// <summary>Half-open TCP connections.</summary>
    public int HalfOpen => _halfOpen.Count;

    public int Unanswered => _unanswered.Count;

    /// <summary>The flow to give up first, another than <paramref name="spared"/>; 0: there is none.</summary>
    public int OldestBut(int spared)
    {
        int oldest = FirstBut(in _halfOpen, spared);
        oldest = oldest != 0 ? oldest : FirstBut(in _unanswered, spared);
        return oldest != 0 ? oldest : FirstBut(in _announced, spared);
    }

    /// <summary>Call after anything that may make a flow embryonic or end that.</summary>
    public void Update(int slot, ref Flow flow)
    {
        bool belongs = Belongs(in flow);
        bool isIn = (flow.Marks & FlowMarks.Embryonic) != 0;
        if (isIn && (!belongs || IsAnnounced(in flow) != (flow.State == ConnectionState.Listen)))
        {
            Leave(slot, ref flow);
            isIn = false;
        }

        if (belongs && !isIn)
        {
            Join(slot, ref flow);
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
        ConnectionState.None or ConnectionState.SynRecv or ConnectionState.SynAck or ConnectionState.Listen => flow.Protocol == TransportProtocol.Tcp,
        >= ConnectionState.SctpNone and < ConnectionState.SctpEstablished => true,
        ConnectionState.Udp or ConnectionState.IcmpQuery => flow.InitiatorPackets <= 1 && (flow.Marks & FlowMarks.Answered) == 0,
        _ => false,
    };

    private static bool IsAnnounced(in Flow flow) => (flow.Marks & FlowMarks.Announced) != 0;

    private int FirstBut(in Ends ends, int spared) => ends.First == spared && spared != 0 ? flows[spared].EmbryonicNext : ends.First;

    private ref Ends EndsOf(in Flow flow)
    {
        if (IsAnnounced(in flow))
        {
            return ref _announced;
        }

        if (flow.Protocol == TransportProtocol.Tcp)
        {
            return ref _halfOpen;
        }

        return ref _unanswered;
    }

    private void Join(int slot, ref Flow flow)
    {
        flow.Marks |= FlowMarks.Embryonic | (flow.State == ConnectionState.Listen ? FlowMarks.Announced : FlowMarks.None);
        ref Ends ends = ref EndsOf(in flow);
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
        (int previous, int next) = (flow.EmbryonicPrevious, flow.EmbryonicNext);
        _ = previous == 0 ? ends.First = next : flows[previous].EmbryonicNext = next;
        _ = next == 0 ? ends.Last = previous : flows[next].EmbryonicPrevious = previous;
        Count(ref ends, in flow, -1);
        flow.Marks &= ~(FlowMarks.Embryonic | FlowMarks.Announced);
    }

    private void Count(ref Ends ends, in Flow flow, int change)
    {
        ends.Count += change;
        if (flow.ServerSlot != 0 && flow.Protocol == TransportProtocol.Tcp && !IsAnnounced(in flow))
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
