using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Connections;

/// <summary>One connection as it travels to the standby and to an operator's listing. No references.</summary>
/// <param name="Kind">Which side began: a client of a virtual service, or a real server going out (masqueraded).</param>
/// <param name="Client">The outside end.</param>
/// <param name="Virtual">The address the outside end talks to.</param>
/// <param name="Server">The inside end.</param>
/// <param name="State">State of the protocol's table.</param>
/// <param name="RemainingMilliseconds">Time to live, from the moment of the copy.</param>
public readonly record struct ConnectionRecord(
    ConnectionKind Kind,
    TransportProtocol Protocol,
    Ip Client, ushort ClientPort,
    Ip Virtual, ushort VirtualPort,
    Ip Server, ushort ServerPort,
    ConnectionState State,
    uint RemainingMilliseconds)
{
    public ConnectionKey Key => new(Protocol, Client, ClientPort, Virtual, VirtualPort);
}

/// <summary>What names a connection: the outside tuple.</summary>
public readonly record struct ConnectionKey(TransportProtocol Protocol, Ip Client, ushort ClientPort, Ip Virtual, ushort VirtualPort);

public enum ConnectionKind : byte
{
    /// <summary>A client's connection to a virtual service.</summary>
    Service = 0,

    /// <summary>A real server's own outbound flow, source translated to the virtual address.</summary>
    Masquerade = 1,
}

/// <summary>States of net/netfilter/ipvs/ip_vs_proto_tcp.c, and the single state of UDP and of ICMP queries. Values travel on the wire: never renumber.</summary>
public enum ConnectionState : byte
{
    None = 0,
    Established = 1,
    SynSent = 2,
    SynRecv = 3,
    FinWait = 4,
    TimeWait = 5,
    Close = 6,
    CloseWait = 7,
    LastAck = 8,
    Listen = 9,
    SynAck = 10,
    Udp = 16,
    IcmpQuery = 17,
}
