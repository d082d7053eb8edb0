using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Nat;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Opening;

/// <summary>
/// One-packet scheduling: each datagram is scheduled by itself, so no packet of a client ever finds a flow. What is kept for a few seconds is the way
/// back, found by the server's answer alone: the kernel keeps nothing, and answers leave from the server's own address (docs/adr/0012). Such
/// flows are not counted as connections, not listed and not synced.
/// </summary>
internal sealed class OnePacketFlows(ConnectionTable connections)
{
    private const uint LifetimeMilliseconds = 10_000;

    /// <summary>Slot of the way back for this datagram's answer; 0 when the table is full.</summary>
    public int Open(in ConnectionRecord record, RealServer server, int template, long now)
    {
        bool hairpin = (record.Traits & ConnectionTraits.Hairpin) != 0;
        FlowTuple back = new(
            record.Protocol, hairpin ? record.Gateway : record.Client, hairpin ? record.GatewayPort : record.ClientPort, record.Server, record.ServerPort);
        int slot = connections.FindInside(in back, now);
        if (slot != 0 && Hairpin.IsSameWay(in connections[slot], in record))
        {
            return slot;
        }

        ConnectionRecord way = record with { Traits = record.Traits | ConnectionTraits.OnePacket, RemainingMilliseconds = LifetimeMilliseconds };
        return connections.Add(in way, server, now, spared: template);
    }
}
