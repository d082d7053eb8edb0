using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Offload;

/// <summary>
/// Which flows the kernel may forward by itself, and what becomes of them here meanwhile. A flow is given when nothing is left to decide about its
/// packets: established, or a datagram's flow that was answered; no helper, no moved numbers. It is taken back when its state changes or it ends. While it
/// is away its timer follows the kernel's last-seen, its traffic is fetched in sweeps, and its sequence numbers pass unseen: a reset then ends nothing by
/// itself, it brings the flow back and shortens its timer, and the next packet of a living connection undoes both.
/// </summary>
internal sealed class FlowOffload(FlowStore flows, ServerRegistry servers, ForwarderCounters counters)
{
    /// <summary>All slots are visited once in so many calls of <see cref="Sweep"/>: two seconds, the beat of the kernel's own estimator.</summary>
    private const int SweepsPerRound = 20;
    private const int SmallestSweep = 1024;

    /// <summary>How long nothing is given after the kernel's table was found full.</summary>
    private const long FullMilliseconds = 1000;

    private readonly OffloadLog _log = new();
    private IOffloadCache? _cache;
    private int _sweptTo;
    private long _fullUntil = long.MinValue;

    /// <summary>Packets of the side that began before a flow is given: what is shorter costs more to give than it saves.</summary>
    public int AfterPackets { get; set; }

    public OffloadLog Log => _log;

    /// <summary>Flows that the kernel has or is about to get.</summary>
    public int Count { get; private set; }

    /// <summary>Null: every flow stays here. The kernel's cache must be empty.</summary>
    public void Use(IOffloadCache? cache)
    {
        for (int slot = flows.NextInUse(1); slot != 0 && Count > 0; slot = flows.NextInUse(slot + 1))
        {
            Forget(ref flows[slot]);
        }

        _cache = cache;
        _log.Switch(cache is not null);
    }

    /// <summary>After a packet of the flow went through step 6.</summary>
    public void Consider(int slot, ref Flow flow, long now)
    {
        if (_log.IsOn && flow.InitiatorPackets >= AfterPackets && (flow.Marks & FlowMarks.Offloaded) == 0 && now >= _fullUntil && MayGo(in flow))
        {
            Give(slot, ref flow);
        }
    }

    /// <summary>The flow's packets are ours again. Call while it still has its content.</summary>
    public void TakeBack(int slot, ref Flow flow)
    {
        if ((flow.Marks & FlowMarks.Offloaded) == 0)
        {
            return;
        }

        Fetch(slot, ref flow);
        Forget(ref flow);
        _log.Add(ChangeOf(OffloadChangeKind.Remove, slot, in flow));
    }

    /// <summary>The kernel had no room for it.</summary>
    public void Refused(int slot, uint stamp, long now)
    {
        _fullUntil = now + FullMilliseconds;
        ref Flow flow = ref flows[slot];
        if (flow.InUse && flow.Stamp == stamp)
        {
            Forget(ref flow);
        }
    }

    /// <summary>The order still stands: the same flow, not taken back meanwhile.</summary>
    public bool Stands(in OffloadChange change)
    {
        ref Flow flow = ref flows[change.Slot];
        return change.Kind == OffloadChangeKind.Remove || (flow.InUse && flow.Stamp == change.Stamp && (flow.Marks & FlowMarks.Offloaded) != 0);
    }

    /// <summary>The latest packet that the kernel saw, if it is later than what we know, begins the flow's time-out anew.</summary>
    public void Refresh(int slot, ref Flow flow, uint timeoutMilliseconds)
    {
        if ((flow.Marks & FlowMarks.Offloaded) != 0 && _cache is not null)
        {
            long seen = _cache.LastSeen(slot);
            flow.ExpiresAt = seen == 0 ? flow.ExpiresAt : Math.Max(flow.ExpiresAt, seen + timeoutMilliseconds);
        }
    }

    /// <summary>A slice of the table: traffic is fetched, timers follow; a standby gives what it has been told of.</summary>
    public void Sweep(ConnectionTable table, long now)
    {
        if (_cache is null)
        {
            return;
        }

        int slots = Math.Max(flows.HighWater / SweepsPerRound, SmallestSweep);
        int last = Math.Min(_sweptTo + slots, flows.HighWater);
        for (int slot = flows.NextInUse(_sweptTo + 1); slot != 0 && slot <= last; slot = flows.NextInUse(slot + 1))
        {
            Visit(slot, ref flows[slot], table, now);
        }

        _sweptTo = last >= flows.HighWater ? 0 : last;
    }

    private void Visit(int slot, ref Flow flow, ConnectionTable table, long now)
    {
        if ((flow.Marks & FlowMarks.Offloaded) != 0)
        {
            table.RefreshOffloaded(slot, ref flow);
            Fetch(slot, ref flow);
        }
        else if (table.IsFrozen && now >= _fullUntil && MayGo(in flow))
        {
            Give(slot, ref flow);
        }
    }

    private bool MayGo(in Flow flow) =>
        flow.State is ConnectionState.Established || (flow.State == ConnectionState.Udp && (flow.Marks & FlowMarks.Answered) != 0)
            ? flow.Kind != ConnectionKind.Template && !flow.IsAssisted && flow.WindowShift == 0
                && (flow.Traits & (ConnectionTraits.Hairpin | ConnectionTraits.OnePacket)) == 0
                && (flow.Marks & (FlowMarks.Ended | FlowMarks.ProxyHandshake | FlowMarks.Announced)) == 0
                && flow.OutsideProtocol == flow.Protocol && flow.InsideProtocol == flow.Protocol
                && (flow.ServerSlot == 0 || servers[flow.ServerSlot].IsConfigured)
            : false;

    private void Give(int slot, ref Flow flow)
    {
        if (!_log.TakesInstalls)
        {
            return;
        }

        flow.Marks |= FlowMarks.Offloaded;
        ForgetNumbers(ref flow);
        Count++;
        _log.Add(ChangeOf(OffloadChangeKind.Install, slot, in flow));
    }

    private void Forget(ref Flow flow)
    {
        if ((flow.Marks & FlowMarks.Offloaded) != 0)
        {
            flow.Marks &= ~FlowMarks.Offloaded;
            Count--;
        }
    }

    /// <summary>What passes unseen makes them wrong; scales stay.</summary>
    private static void ForgetNumbers(ref Flow flow)
    {
        if (flow.Protocol != Packets.TransportProtocol.Tcp)
        {
            return;
        }

        flow.Progress.ByClient.KnowsSent = flow.Progress.ByClient.KnowsAcknowledged = false;
        flow.Progress.ByServer.KnowsSent = flow.Progress.ByServer.KnowsAcknowledged = false;
    }

    private void Fetch(int slot, ref Flow flow)
    {
        OffloadTraffic traffic = _cache?.TakeTraffic(slot) ?? default;
        if (traffic == default)
        {
            return;
        }

        counters.Carried(traffic.InPackets, traffic.InBytes, outward: false);
        counters.Carried(traffic.OutPackets, traffic.OutBytes, outward: true);
        counters.OffloadedPackets += traffic.InPackets + traffic.OutPackets;
        if (flow.ServerSlot != 0)
        {
            servers[flow.ServerSlot].Carried(traffic.InPackets, traffic.InBytes, outward: false);
            servers[flow.ServerSlot].Carried(traffic.OutPackets, traffic.OutBytes, outward: true);
        }
    }

    private static OffloadChange ChangeOf(OffloadChangeKind kind, int slot, in Flow flow) =>
        new(kind, slot, flow.Stamp, flow.ServerSlot, FlowRecord.Of(in flow, 0));
}
