using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Nat;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Helpers;

/// <summary>
/// TFTP (RFC 1350): a read or write request goes to the service's port, and the server answers from a port of its own choice, which becomes one of the
/// virtual address: the same if it is free towards that client, else another that is neither a service's nor taken.
/// </summary>
internal sealed class TftpChannel(
    ConnectionTable connections, ServiceTable services, ExpectedConnections expected, ForwarderCounters counters, ulong seed)
{
    private const ushort ReadRequest = 1;
    private const ushort WriteRequest = 2;
    private readonly PortSearch _search = new(seed ^ 0x7f7f);

    public void FromClient(ReadOnlySpan<byte> frame, in Packet packet, int slot, long now)
    {
        ReadOnlySpan<byte> message = frame.Slice(packet.Transport + packet.TransportHeaderBytes, packet.TransportBytes - packet.TransportHeaderBytes);
        if (message.Length > sizeof(ushort) && BinaryPrimitives.ReadUInt16BigEndian(message) is ReadRequest or WriteRequest)
        {
            expected.OpenTransfer(slot, now);
        }
    }

    /// <summary>Slot of the transfer that this datagram of a server begins, or 0.</summary>
    /// <param name="refused">Every port tried is taken (counted).</param>
    public int Meet(in FlowTuple tuple, long now, out bool refused)
    {
        refused = false;
        int slot = connections.FindExpectedInside(in tuple, now);
        if (slot == 0)
        {
            return 0;
        }

        ref Flow flow = ref connections[slot];
        if (!TryChoosePort(in flow, tuple.NearPort, now, out ushort port))
        {
            refused = true;
            counters.Drop(DropReason.PortsExhausted);
            return 0;
        }

        connections.Meet(slot, flow.ClientPort, port, tuple.NearPort, flow.GatewayPort);
        return slot;
    }

    private bool TryChoosePort(in Flow flow, ushort serverPort, long now, out ushort port)
    {
        port = serverPort;
        if (IsFree(in flow, port, now))
        {
            return true;
        }

        FlowTuple end = new(flow.Protocol, flow.Client, flow.ClientPort, flow.Virtual, 0);
        for (PortCandidates candidates = _search.Begin(in end, PortBlock.ForVirtualAddress(0, 1), now); candidates.TryNext(out port);)
        {
            if (IsFree(in flow, port, now))
            {
                return true;
            }
        }

        _search.Failed(in end, now);
        return false;
    }

    private bool IsFree(in Flow flow, ushort port, long now)
    {
        FlowTuple outside = new(flow.Protocol, flow.Client, flow.ClientPort, flow.Virtual, port);
        return services.Find(new ServiceKey(flow.Protocol, flow.Virtual, port)) is null && connections.FindOutside(in outside, now) == 0;
    }
}
