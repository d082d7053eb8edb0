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
    private readonly PortSearch _search = new(seed);

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

        FlowTuple end = new(packet.Protocol, packet.Destination, packet.DestinationPort, address, 0);
        for (PortCandidates candidates = _search.Begin(in end, block, now); candidates.TryNext(out port);)
        {
            if (IsFree(in packet, address, port, now))
            {
                return true;
            }
        }

        _search.Failed(in end, now);
        return false;
    }

    private bool IsFree(in Packet packet, Ip address, ushort port, long now)
    {
        FlowTuple tuple = new(packet.Protocol, packet.Destination, packet.DestinationPort, address, port);
        return services.Find(new ServiceKey(packet.Protocol, address, port)) is null && connections.FindOutside(in tuple, now) == 0;
    }
}
