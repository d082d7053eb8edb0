namespace HaLvs.Forwarder.Connections;

/// <summary>Flows that somebody announced before their first packet: one of their ports is not known yet, so no packet finds them by its tuple alone.</summary>
internal sealed partial class ConnectionTable
{
    private const ConnectionTraits UnknownPorts = ConnectionTraits.AnyClientPort | ConnectionTraits.AnyServerPort;
    /// <summary>What was read, moved and promised in an earlier life of the connection.</summary>
    private const ConnectionTraits Earlier = ConnectionTraits.AsksPassive | ConnectionTraits.AsksExtendedPassive | ConnectionTraits.BarsShift
        | ConnectionTraits.ExtendedCommand | ConnectionTraits.Answered;
    private int _expected;

    /// <summary>False costs the packet that asks nothing more.</summary>
    public bool HasExpected => _expected > 0;

    /// <summary>Slot of the expected flow of this client and virtual port, or 0. The far port of <paramref name="tuple"/> is not looked at.</summary>
    public int FindExpectedOutside(in FlowTuple tuple, long now)
    {
        FlowTuple hidden = new(
            FlowTuple.OutsideProtocolOf(ConnectionKind.Service, ConnectionTraits.AnyClientPort, tuple.Protocol), tuple.Far, 0, tuple.Near, tuple.NearPort);
        return FindOutside(in hidden, now);
    }

    /// <summary>Slot of the expected flow of this client's port and server, or 0. The near port of <paramref name="tuple"/> is not looked at.</summary>
    public int FindExpectedInside(in FlowTuple tuple, long now)
    {
        FlowTuple hidden = new(
            FlowTuple.InsideProtocolOf(ConnectionKind.Service, ConnectionTraits.AnyServerPort, tuple.Protocol), tuple.Far, tuple.FarPort, tuple.Near, 0);
        return FindInside(in hidden, now);
    }

    /// <summary>Its first packet has come: the flow gets its ports and is found by its tuples. To the standby it is another flow than before.</summary>
    /// <param name="gatewayPort">Of a hairpin flow.</param>
    public void Meet(int slot, ushort clientPort, ushort virtualPort, ushort serverPort, ushort gatewayPort)
    {
        Log.Deleted(slot);
        _outside.Remove(slot);
        _inside.Remove(slot);
        ref Flow flow = ref _flows[slot];
        flow.ClientPort = clientPort;
        flow.VirtualPort = virtualPort;
        flow.ServerPort = serverPort;
        flow.GatewayPort = gatewayPort;
        flow.Traits &= ~UnknownPorts;
        flow.OutsideProtocol = FlowTuple.OutsideProtocolOf(flow.Kind, flow.Traits, flow.Protocol);
        flow.InsideProtocol = FlowTuple.InsideProtocolOf(flow.Kind, flow.Traits, flow.Protocol);
        _outside.Add(slot);
        _inside.Add(slot);
        _expected--;
        flow.LogSequence = -1;
        Log.Changed(slot);
    }

    /// <summary>Puts a connection in that goes to the server of another one; 0 when the table is full.</summary>
    public int AddBeside(int other, in ConnectionRecord record, long now) =>
        Add(in record, _flows[other].ServerSlot == 0 ? null : _servers[_flows[other].ServerSlot], now, spared: other);

    /// <summary>A flow that is over begins again with its ends and its server: nothing that was learnt of its earlier packets holds any more.</summary>
    public void Revive(int slot)
    {
        ref Flow flow = ref _flows[slot];
        flow.Progress = default;
        flow.ClientShift = default;
        flow.ServerShift = default;
        flow.WindowShift = 0;
        flow.Dialogue = 0;
        flow.InitiatorPackets = 0;
        flow.Traits &= ~Earlier;
        flow.Marks &= ~(FlowMarks.Ended | FlowMarks.ProxyHandshake | FlowMarks.Answered);
        Log.Changed(slot);
    }

    /// <summary>Of what a control connection has announced and what has not begun, only the newest so many stay.</summary>
    public void KeepAnnounced(int control, int most)
    {
        int slot = _flows[control].Announced;
        for (int i = 1; i < most && slot != 0; i++)
        {
            slot = _flows[slot].Announced;
        }

        while (slot != 0 && _flows[slot].Announced is int older and not 0)
        {
            _counters.EvictedExpected++;
            Remove(older);
        }
    }

    /// <summary>The newest of its control connection's; nothing without one.</summary>
    private void Announce(int slot, ref Flow flow)
    {
        int control = ControllerOf(in flow);
        if (control != 0)
        {
            flow.Announced = _flows[control].Announced;
            _flows[control].Announced = slot;
        }
    }

    /// <summary>Out of its control connection's chain, if it stands there. The chain is as short as <see cref="KeepAnnounced"/> leaves it.</summary>
    private void Begun(int slot, ref Flow flow)
    {
        int control = ControllerOf(in flow);
        if (control == 0)
        {
            return;
        }

        ref int link = ref _flows[control].Announced;
        while (link != 0 && link != slot)
        {
            link = ref _flows[link].Announced;
        }

        if (link == slot)
        {
            link = flow.Announced;
            flow.Announced = 0;
        }
    }

    private void CountExpected(in Flow flow, int change) => _expected += (flow.Traits & UnknownPorts) != 0 ? change : 0;
}
