using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Nat;

namespace HaLvs.Forwarder.Helpers;

/// <summary>Ports of the gateway address for the data connections of hairpin clients: to the server it is the gateway that talks and listens.</summary>
internal sealed class HairpinListeners(ConnectionTable connections, Hairpin hairpin, ForwarderCounters counters)
{
    /// <summary>The port under which the server finds this port of the control connection's client. False: every port tried is taken (counted).</summary>
    public bool TryChoose(in Flow control, ushort clientPort, NetworkFacts facts, long now, out ushort port)
    {
        FlowTuple tuple = new(control.Protocol, control.Client, clientPort, control.Virtual, (ushort)(control.VirtualPort - 1));
        int known = connections.FindOutside(in tuple, now);
        if (known != 0 && (connections[known].Traits & ConnectionTraits.Hairpin) != 0 && connections[known].ServerSlot == control.ServerSlot)
        {
            port = connections[known].GatewayPort;
            return true;
        }

        ConnectionRecord record = FlowRecord.Of(in control, 0) with { ServerPort = (ushort)(control.ServerPort - 1), ClientPort = clientPort };
        return Found(hairpin.TryKeepOrChoose(in record, facts.GatewayPorts, now, out port));
    }

    /// <summary>The port under which the server sees the client that has come from this port to an announced connection.</summary>
    public bool TryMeet(in Flow announced, ushort clientPort, NetworkFacts facts, long now, out ushort port)
    {
        port = 0;
        ConnectionRecord record = FlowRecord.Of(in announced, 0) with { ClientPort = clientPort };
        return (announced.Traits & ConnectionTraits.Hairpin) == 0 || Found(hairpin.TryKeepOrChoose(in record, facts.GatewayPorts, now, out port));
    }

    private bool Found(bool found)
    {
        if (!found)
        {
            counters.Drop(DropReason.PortsExhausted);
        }

        return found;
    }
}
