using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Helpers;

/// <summary>
/// TFTP (RFC 1350): a read or write request goes to the service's port, and the server answers from a port of its own choice, which becomes one of the
/// virtual address: the same if it is free towards that client, else another that is neither a service's nor taken.
/// </summary>
internal sealed class TftpChannel(ConnectionTable connections, ServiceTable services, ExpectedConnections expected, ulong seed)
{
    private const ushort ReadRequest = 1;
    private const ushort WriteRequest = 2;
    private const int FirstPort = 1024;
    private const int Ports = 65_536 - FirstPort;
    private const int Attempts = 1024;

    private SplitMix _chance = new(seed ^ 0x7f7f);

    public void FromClient(ReadOnlySpan<byte> frame, in Packet packet, int slot, long now)
    {
        ReadOnlySpan<byte> message = frame.Slice(packet.Transport + packet.TransportHeaderBytes, packet.TransportBytes - packet.TransportHeaderBytes);
        if (message.Length > sizeof(ushort) && BinaryPrimitives.ReadUInt16BigEndian(message) is ReadRequest or WriteRequest)
        {
            expected.OpenTransfer(slot, now);
        }
    }

    /// <summary>Slot of the transfer that this datagram of a server begins, or 0.</summary>
    public int Meet(in FlowTuple tuple, long now)
    {
        int slot = connections.FindExpectedInside(in tuple, now);
        if (slot == 0 || !TryChoosePort(in tuple, connections[slot].Virtual, now, out ushort port))
        {
            return 0;
        }

        connections.Meet(slot, tuple.FarPort, port, tuple.NearPort);
        return slot;
    }

    private bool TryChoosePort(in FlowTuple tuple, Ip address, long now, out ushort port)
    {
        port = tuple.NearPort;
        if (IsFree(in tuple, address, port, now))
        {
            return true;
        }

        int start = (int)(_chance.Next() % Ports);
        for (int i = 0; i < Attempts; i++)
        {
            port = (ushort)(FirstPort + ((start + i) % Ports));
            if (IsFree(in tuple, address, port, now))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsFree(in FlowTuple tuple, Ip address, ushort port, long now)
    {
        FlowTuple outside = new(tuple.Protocol, tuple.Far, tuple.FarPort, address, port);
        return services.Find(new ServiceKey(tuple.Protocol, address, port)) is null && connections.FindOutside(in outside, now) == 0;
    }
}
