using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Nat;

/// <summary>
/// Clients in the servers' own network: the server would answer them directly, past the director. So the server sees the gateway address under a port
/// of ours, and its answers come back. A server that is its own client is no other case.
/// </summary>
internal sealed class Hairpin(ConnectionTable connections, ulong seed)
{
    private const int Attempts = 1024;
    private SplitMix _chance = new(seed ^ 0x4a1_4b1);

    /// <summary>Completes the record of a connection that is about to be opened. False: its client is inside and every port tried is taken.</summary>
    public bool TryComplete(ref ConnectionRecord record, NetworkFacts facts, long now)
    {
        if (facts.GatewayFor(record.Client) is not { } gateway)
        {
            return true;
        }

        PortBlock block = facts.GatewayPorts;
        int start = block.Contains(record.ClientPort) ? record.ClientPort - block.First : (int)(_chance.Next() % (uint)block.Count);
        for (int i = 0; i < Attempts; i++)
        {
            ushort port = (ushort)(block.First + ((start + i) % block.Count));
            FlowTuple tuple = new(record.Protocol, gateway, port, record.Server, record.ServerPort);
            if (connections.FindInside(in tuple, now) == 0)
            {
                record = record with { Traits = record.Traits | ConnectionTraits.Hairpin, Gateway = gateway, GatewayPort = port };
                return true;
            }
        }

        return false;
    }
}
