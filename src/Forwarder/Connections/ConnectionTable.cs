using System.Text;
using HaLvs.Forwarder.Calls;
using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Offload;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// Every connection, found by its outside and its inside tuple, with its state, its timer, its place in its server's counts and its entry in the
/// change log: whatever changes a connection comes through here, so that these five never disagree.
/// </summary>
internal sealed partial class ConnectionTable
{
    /// <summary>Flows that one <see cref="Tick"/> ends or files anew: each may miss every cache, and packets wait meanwhile.</summary>
    public const int TimerBudget = 1024;

    private const long LeastFullMilliseconds = 1000;
    private readonly FlowStore _flows;
    private readonly EmbryonicFlows _embryonic;
    private readonly FlowIndex<OutsideSide> _outside;
    private readonly FlowIndex<InsideSide> _inside;
    private readonly TimerWheel _wheel;
    private readonly ServerRegistry _servers;
    private readonly ForwarderCounters _counters;
    private uint[] _timeouts;
    private bool _frozen;
    private long _restartedAt = long.MinValue / 2;

    public ConnectionTable(ForwardingCoreOptions options, ServerRegistry servers, ForwarderCounters counters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Capacity, 1, nameof(options.Capacity));
        _flows = new FlowStore(options.Capacity);
        FlowHash hash = new(options.Seed);
        _outside = new FlowIndex<OutsideSide>(_flows, hash);
        _inside = new FlowIndex<InsideSide>(_flows, hash);
        _wheel = new TimerWheel(_flows);
        _embryonic = new EmbryonicFlows(_flows, servers);
        _servers = servers;
        _counters = counters;
        _timeouts = options.Timeouts.ToTable();
        Calls = new CallTable(_flows, hash, options.CallCapacity);
        Log = new ChangeLog(_flows, Calls);
        Limits = new ClientLimits(options.Seed);
        Offload = new FlowOffload(_flows, servers, counters);
    }

    public ChangeLog Log { get; }

    public CallTable Calls { get; }

    public FlowStore Flows => _flows;

    public FlowOffload Offload { get; }

    public EmbryonicFlows Embryonic => _embryonic;

    public ClientLimits Limits { get; }

    /// <summary>secure_tcp at work: the second TCP table, in which only the server's ACK establishes.</summary>
    public bool SecureTcp { get; set; }

    public int Count => _flows.Count;

    public bool IsFrozen => _frozen;

    /// <summary>The last <see cref="Tick"/> left flows that were due.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>Stamped on every flow that is made or confirmed; see <see cref="RemoteConnections"/>.</summary>
    public uint SnapshotEpoch { get; set; }

    public ref Flow this[int slot] => ref _flows[slot];

    /// <summary>Takes effect with each connection's next packet, as ipvsadm --set does.</summary>
    public void SetTimeouts(ConnectionTimeouts timeouts) => _timeouts = timeouts.ToTable();

    /// <summary>Slot of the connection of a packet from outside, or 0.</summary>
    public int FindOutside(in FlowTuple tuple, long now)
    {
        int slot = _outside.Find(in tuple);
        while (slot != 0 && HasEnded(slot, now))
        {
            Expire(slot, now);
            slot = _outside.Find(in tuple);
        }

        return slot;
    }

    /// <summary>As <see cref="FindOutside"/>, for those who only ask: a connection that has ended is not found, and stays until its time.</summary>
    public int LookOutside(in FlowTuple tuple, long now)
    {
        int slot = _outside.Find(in tuple);
        return slot != 0 && HasEnded(slot, now) && _flows[slot].Controlled == 0 ? 0 : slot;
    }

    /// <summary>Slot of the template with this Call-ID, or 0.</summary>
    public int FindCall(in FlowTuple template, CallDigest call, long now)
    {
        int slot = Calls.Find(in template, call);
        while (slot != 0 && HasEnded(slot, now))
        {
            Expire(slot, now);
            slot = Calls.Find(in template, call);
        }

        return slot;
    }

    /// <summary>Slot of the connection that a record names, or 0.</summary>
    public int Find(in ConnectionRecord record, long now)
    {
        FlowTuple tuple = FlowRecord.OutsideTuple(in record);
        bool byCall = record.Kind == ConnectionKind.Template && !record.Call.IsNone;
        return byCall ? FindCall(in tuple, record.Call, now) : FindOutside(in tuple, now);
    }

    /// <summary>Slot of the connection of a packet from inside, or 0.</summary>
    public int FindInside(in FlowTuple tuple, long now)
    {
        int slot = _inside.Find(in tuple);
        while (slot != 0 && HasEnded(slot, now))
        {
            Expire(slot, now);
            slot = _inside.Find(in tuple);
        }

        return slot;
    }

    /// <summary>Puts a connection in; 0 when the table is full and nothing in it may be given up. <paramref name="server"/> is null for a masqueraded flow.</summary>
    /// <param name="spared">Slot of a flow that is not given up for this one: its control connection, or its template; 0: none.</param>
    /// <param name="call">Of a template that is found by its Call-ID.</param>
    public int Add(in ConnectionRecord record, RealServer? server, long now, bool mayEvict = true, int spared = 0, CallId call = default)
    {
        if (!call.IsNone && Calls.IsFull)
        {
            return 0;
        }

        // A server without configuration lives by its flows: giving up its last one would take it away under our hands.
        int slot = Take(mayEvict && server is (null or { IsConfigured: true }), spared, now);
        if (slot == 0)
        {
            return 0;
        }

        ref Flow flow = ref _flows[slot];
        FlowRecord.Fill(ref flow, in record);
        flow.SnapshotEpoch = SnapshotEpoch;
        flow.ServerSlot = server?.Slot ?? 0;
        flow.ExpiresAt = now + record.RemainingMilliseconds;
        flow.LogSequence = -1;
        if (!call.IsNone)
        {
            flow.Call = Calls.Take(slot, call);
        }

        flow.OwnTimeout = FlowRecord.HasOwnTimeout(in record) ? record.RemainingMilliseconds : 0;
        if (server is not null)
        {
            Bind(server, in flow);
        }

        CountExpected(in flow, 1);
        File(slot);
        _wheel.Add(slot, flow.ExpiresAt, now);
        _embryonic.Update(slot, ref flow);
        Limits.Opened(ref flow);
        Log.Changed(slot);
        return slot;
    }

    /// <summary>A free slot; in a full table that of the oldest flow that is not established. 0: every flow is.</summary>
    private int Take(bool mayEvict, int spared, long now)
    {
        int slot = _flows.Take();
        if (slot != 0)
        {
            return slot;
        }

        BecameFull(now);
        int oldest = mayEvict ? _embryonic.OldestBut(spared) : 0;
        if (oldest != 0)
        {
            _counters.EvictedEmbryonic++;
            GiveUp(oldest, spared);
            slot = _flows.Take();
        }

        return slot;
    }

    /// <summary>A template that nobody else used goes with it, or a flood would leave the table full of them; not the one about to be used.</summary>
    private void GiveUp(int slot, int spared)
    {
        if (ControllerOf(in _flows[slot]) is int controller and not 0 && controller == spared)
        {
            Remove(slot);
            return;
        }

        End(slot);
    }

    public ConnectionState NextTcpState(ConnectionState state, TcpFlags flags, bool byInitiator) =>
        TcpStates.Next(state, flags, byInitiator, SecureTcp);

    /// <summary>A packet of the flow was seen: who has answered is no longer embryonic.</summary>
    public void Seen(int slot, ref Flow flow, bool byInitiator)
    {
        if (byInitiator)
        {
            flow.InitiatorPackets += (byte)(flow.InitiatorPackets == byte.MaxValue ? 0 : 1);
        }
        else if ((flow.Marks & FlowMarks.Answered) == 0)
        {
            Answered(slot, ref flow);
        }

        if ((flow.Marks & FlowMarks.Embryonic) != 0)
        {
            _embryonic.Update(slot, ref flow);
        }
    }

    /// <summary>
    /// The first packet of the other side. Of a datagram's flow the standby must know: nothing else tells it after a takeover that somebody uses it.
    /// </summary>
    private void Answered(int slot, ref Flow flow)
    {
        flow.Marks |= FlowMarks.Answered;
        if (flow.State is ConnectionState.Udp or ConnectionState.IcmpQuery)
        {
            flow.Traits |= ConnectionTraits.Answered;
            Log.Changed(slot);
        }
    }

    /// <summary>Brings the end nearer, never further away.</summary>
    public void EndWithin(int slot, uint milliseconds, long now)
    {
        ref Flow flow = ref _flows[slot];
        if (RemainingMilliseconds(in flow, now) > milliseconds)
        {
            SetExpiry(slot, ref flow, milliseconds, now);
        }
    }

    /// <summary>A packet of the connection: its state may change, its timer starts again.</summary>
    public void Advance(int slot, ConnectionState next, long now)
    {
        ref Flow flow = ref _flows[slot];
        if (next != flow.State)
        {
            ChangeState(slot, ref flow, next);
        }

        ForgetHeldTimeout(ref flow);
        SetExpiry(slot, ref flow, FullTimeoutOf(in flow), now);
    }

    /// <summary>What the active says of a connection that we have.</summary>
    public void Overwrite(int slot, in ConnectionRecord record, long now)
    {
        ref Flow flow = ref _flows[slot];
        flow.SnapshotEpoch = SnapshotEpoch;
        if (record.State != flow.State)
        {
            ChangeState(slot, ref flow, record.State);
        }

        FlowRecord.FillMutable(ref flow, in record);
        _embryonic.Update(slot, ref flow);
        SetExpiry(slot, ref flow, record.RemainingMilliseconds, now);
    }

    public void Remove(int slot)
    {
        Log.Deleted(slot);
        Offload.TakeBack(slot, ref _flows[slot]);
        _wheel.Remove(slot);
        Unfile(slot);
        ref Flow flow = ref _flows[slot];
        if (flow.Call != 0)
        {
            Calls.Return(flow.Call);
        }

        CountExpected(in flow, -1);
        _embryonic.Remove(slot, ref flow);
        Limits.Closed(in flow);
        Release(slot, ref flow);
        if (flow.ServerSlot != 0)
        {
            RealServer server = _servers[flow.ServerSlot];
            Unbind(server, in flow);
            _servers.ForgetIfUnused(server);
        }

        _flows.Return(slot);
    }

    public uint TimeoutOf(ConnectionState state) => _timeouts[(int)state];

    /// <summary>Ends what is over, a bounded number of flows per call; what is left is found dead by its next packet or ended by the next call.</summary>
    public void Tick(long now)
    {
        int budget = TimerBudget;
        int slot;
        IsBehind = false;
        while ((slot = _wheel.TakeDue(now, ref budget)) != 0)
        {
            _wheel.Add(slot, _frozen ? now + FullTimeoutOf(in _flows[slot]) : EndOf(in _flows[slot]), now);
            if (HasEnded(slot, now))
            {
                Expire(slot, now);
            }
        }

        IsBehind = budget <= 0;
    }

    /// <summary>Restarting costs nothing: every flow's end is at least its full time-out after the restart.</summary>
    public void SetTimersFrozen(bool frozen, long now)
    {
        if (_frozen && !frozen)
        {
            _restartedAt = now;
        }

        _frozen = frozen;
    }

    public uint RemainingMilliseconds(in Flow flow, long now) => (uint)Math.Clamp(EndOf(in flow) - now, 0, uint.MaxValue);

    /// <summary>The flow as it travels and is listed, with its Call-ID or that of the template that it holds.</summary>
    public ConnectionRecord RecordOf(int slot, long now)
    {
        ref Flow flow = ref _flows[slot];
        ConnectionRecord record = FlowRecord.Of(in flow, RemainingMilliseconds(in flow, now));
        int call = flow.Call != 0 ? flow.Call : _flows[ControllerOf(in flow)].Call; // Slot 0 is nobody's and has none.
        return call == 0 ? record : record with { CallId = flow.Call == 0 ? null : Encoding.Latin1.GetString(Calls[call]), Call = Calls.DigestOf(call) };
    }

    private long EndOf(in Flow flow) => Math.Max(flow.ExpiresAt, _restartedAt + FullTimeoutOf(in flow));

    private bool HasEnded(int slot, long now)
    {
        ref Flow flow = ref _flows[slot];
        if (_frozen || now < flow.ExpiresAt || now < EndOf(in flow))
        {
            return false;
        }

        RefreshOffloaded(slot, ref flow);
        return now >= flow.ExpiresAt;
    }

    /// <summary>The timer of a flow that the kernel forwards follows what the kernel saw.</summary>
    public void RefreshOffloaded(int slot, ref Flow flow) => Offload.Refresh(slot, ref flow, FullTimeoutOf(in flow));

    /// <summary>
    /// A table that was full counts as full until a twentieth of it is free again, and for a second at least: who looks now and then must see it.
    /// </summary>
    public void WatchFill(long now)
    {
        int free = _flows.Capacity - _flows.Count;
        if (free == 0)
        {
            BecameFull(now);
        }
        else if (free > _flows.Capacity / 20 && now - _counters.TableFullSince >= LeastFullMilliseconds)
        {
            _counters.TableFullSince = 0;
        }
    }

    private void BecameFull(long now) => _counters.TableFullSince = _counters.TableFullSince == 0 ? Math.Max(now, 1) : _counters.TableFullSince;

    /// <summary>drop_entry gave up a flow.</summary>
    public void CountDropped() => _counters.DroppedEntries++;

    private void Expire(int slot, long now)
    {
        ref Flow flow = ref _flows[slot];
        if (flow.Controlled > 0)
        {
            ExpireLater(slot, ref flow, now);
            return;
        }

        _counters.ExpiredConnections++;
        Remove(slot);
    }

    private void ChangeState(int slot, ref Flow flow, ConnectionState next)
    {
        if (flow.ServerSlot != 0 && flow.Kind != ConnectionKind.Template)
        {
            _servers[flow.ServerSlot].Move(flow.State, next);
        }

        bool announced = flow.State == ConnectionState.Listen;
        flow.State = next;
        Offload.TakeBack(slot, ref flow);
        if (announced)
        {
            Begun(slot, ref flow);
        }
        else if (next == ConnectionState.Listen)
        {
            Announce(slot, ref flow);
        }

        _embryonic.Update(slot, ref flow);
        Log.Changed(slot);
    }

    private void SetExpiry(int slot, ref Flow flow, uint milliseconds, long now)
    {
        flow.ExpiresAt = now + milliseconds;
        _wheel.Shorten(slot, flow.ExpiresAt, now);
    }
}
