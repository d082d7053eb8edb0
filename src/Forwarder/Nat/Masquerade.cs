using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Nat;

/// <summary>
/// Opens flows of inside hosts that go out under the virtual address: the same port if it is this node's to give (<see cref="PortBlock"/>)
/// and free towards that destination, else another that is neither a service's nor taken.
/// </summary>
internal sealed class Masquerade(ConnectionTable connections, ServiceTable services, ulong seed)
{
    /// <summary>So many candidates bound the work of one packet; up to 99 % full, all but one packet in 25,000 find a port.</summary>
    private const int Attempts = 1024;

    private SplitMix _chance = new(~seed);

    /// <summary>Slot of the new flow; 0 with the reason why not.</summary>
    public int Open(in Packet packet, NetworkFacts facts, ConnectionState state, long now, out DropReason reason)
    {
        Ip address = facts.MasqueradeAddressFor(packet.Source);
        reason = DropReason.PortsExhausted;
        if (!TryChoosePort(in packet, address, facts.MasqueradePorts, now, out ushort port))
        {
            return 0;
        }

        ConnectionRecord record = new(
            ConnectionKind.Masquerade, packet.Protocol, packet.Destination, packet.DestinationPort, address, port,
            packet.Source, packet.SourcePort, state, connections.TimeoutOf(state));
        reason = DropReason.TableFull;
        return connections.Add(in record, null, now);
    }

    private bool TryChoosePort(in Packet packet, Ip address, PortBlock block, long now, out ushort port)
    {
        port = packet.SourcePort;
        if ((block.IsWhole || block.Contains(port)) && IsFree(in packet, address, port, now))
        {
            return true;
        }

        int start = (int)(_chance.Next() % (uint)block.Count);
        for (int i = 0; i < Attempts; i++)
        {
            port = (ushort)(block.First + ((start + i) % block.Count));
            if (IsFree(in packet, address, port, now))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsFree(in Packet packet, Ip address, ushort port, long now)
    {
        FlowTuple tuple = new(packet.Protocol, packet.Destination, packet.DestinationPort, address, port);
        return services.Find(new ServiceKey(packet.Protocol, address, port)) is null && connections.FindOutside(in tuple, now) == 0;
    }
}
