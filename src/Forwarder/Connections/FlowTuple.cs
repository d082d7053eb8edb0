using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// What a flow is looked up by. Far is always the outside end (the client); Near is the virtual address for the outside index and the real server
/// for the inside index. An ICMP query has its identifier as the near port and 0 as the far port.
/// </summary>
internal readonly struct FlowTuple(TransportProtocol protocol, Ip far, ushort farPort, Ip near, ushort nearPort)
{
    public readonly TransportProtocol Protocol = protocol;
    public readonly Ip Far = far;
    public readonly ushort FarPort = farPort;
    public readonly Ip Near = near;
    public readonly ushort NearPort = nearPort;
}
