using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Nat;

/// <summary>
/// Clients in the servers' own network: the server would answer them directly, past the director. So the server sees the gateway address under a port
/// of ours, and its answers come back. A server that is its own client is no other case.
/// </summary>
internal sealed class Hairpin(ConnectionTable connections, ulong seed)
{
    /// <summary>Each datagram of a one-packet service asks anew: so many ports of its client's own are looked at before others.</summary>
    private const int OwnPorts = 8;

    private readonly PortSearch _search = new(seed ^ 0x4a1_4b1);
    private readonly FlowHash _hash = new(seed ^ 0x4a1_4b2);

    /// <summary>Completes the record of a connection that is about to be opened. False: its client is inside and every port tried is taken.</summary>
    /// <param name="onePacket">The way back of an earlier datagram may be used again.</param>
    public bool TryComplete(ref ConnectionRecord record, bool onePacket, NetworkFacts facts, long now)
    {
        if (facts.GatewayFor(record.Client) is not { } gateway)
        {
            return true;
        }

        record = record with { Traits = record.Traits | ConnectionTraits.Hairpin, Gateway = gateway };
        PortBlock block = facts.GatewayPorts;
        bool found = (onePacket && TryReuse(in record, block, now, out ushort port)) || TryKeepOrChoose(in record, block, now, out port);
        record = record with { GatewayPort = found ? port : (ushort)0 };
        return found;
    }

    /// <summary>A port of the gateway under which this server port sees nobody yet: the client's own if it may be, else another.</summary>
    /// <param name="record">Its gateway, server and server port say between which ends.</param>
    public bool TryKeepOrChoose(in ConnectionRecord record, PortBlock block, long now, out ushort port) =>
        TryKeep(in record, block, now, out port) || TryChoose(in record, block, now, out port);

    private bool TryChoose(in ConnectionRecord record, PortBlock block, long now, out ushort port)
    {
        FlowTuple end = new(record.Protocol, record.Server, record.ServerPort, record.Gateway, 0);
        for (PortCandidates candidates = _search.Begin(in end, block, now); candidates.TryNext(out port);)
        {
            if (SlotAt(in record, port, now) == 0)
            {
                return true;
            }
        }

        _search.Failed(in end, now);
        return false;
    }

    private bool TryKeep(in ConnectionRecord record, PortBlock block, long now, out ushort port)
    {
        port = record.ClientPort;
        return block.Contains(port) && SlotAt(in record, port, now) == 0;
    }

    private bool TryReuse(in ConnectionRecord record, PortBlock block, long now, out ushort port)
    {
        FlowTuple own = new(record.Protocol, record.Client, record.ClientPort, record.Virtual, record.VirtualPort);
        int start = block.Contains(record.ClientPort) ? record.ClientPort - block.First : (int)(_hash.Of(in own) % (uint)block.Count);
        for (int i = 0; i < OwnPorts; i++)
        {
            port = (ushort)(block.First + ((start + i) % block.Count));
            int slot = SlotAt(in record, port, now);
            if (slot == 0 || IsSameWay(in connections[slot], in record))
            {
                return true;
            }
        }

        port = 0;
        return false;
    }

    private int SlotAt(in ConnectionRecord record, ushort port, long now)
    {
        FlowTuple tuple = new(record.Protocol, record.Gateway, port, record.Server, record.ServerPort);
        return connections.FindInside(in tuple, now);
    }

    /// <summary>The way back of a datagram between the same ends.</summary>
    public static bool IsSameWay(in Flow flow, in ConnectionRecord record) =>
        (flow.Traits & ConnectionTraits.OnePacket) != 0 && flow.Client == record.Client && flow.ClientPort == record.ClientPort
        && flow.Virtual == record.Virtual && flow.VirtualPort == record.VirtualPort;
}
