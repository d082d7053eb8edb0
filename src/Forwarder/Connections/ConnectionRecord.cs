using HaLvs.Forwarder.Calls;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Connections;

/// <summary>One connection as it travels to the standby and to an operator's listing.</summary>
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
    public ConnectionTraits Traits { get; init; }

    /// <summary>Firewall mark of the service that the connection belongs to; 0: none.</summary>
    public uint Mark { get; init; }

    /// <summary>Port of the service: 0 for a service of every port, the control port for an FTP data connection.</summary>
    public ushort ServicePort { get; init; } = VirtualPort;

    /// <summary>Port under which the real server is configured, where it is not the one that it talks from: data connections. 0: any.</summary>
    public ushort ConfiguredPort { get; init; } = ServerPort;

    /// <summary>Ports of the connection that controls this one (FTP), of the same client and virtual address; both 0: none.</summary>
    public ushort ControlClientPort { get; init; }

    public ushort ControlVirtualPort { get; init; }

    /// <summary>Shift of sequence numbers that the client sends, and that the server sends.</summary>
    public SequenceShift ClientShift { get; init; }

    public SequenceShift ServerShift { get; init; }

    /// <summary>The address and port under which the server sees a hairpin client; meaningful with <see cref="ConnectionTraits.Hairpin"/> alone.</summary>
    public Ip Gateway { get; init; }

    public ushort GatewayPort { get; init; }

    /// <summary>
    /// Bits by which windows that the server announces are shifted right (left when negative) on their way to the client: the SYN proxy promised
    /// the client another window scale than the server has.
    /// </summary>
    public sbyte WindowShift { get; init; }

    /// <summary>Of a template that a SIP message made: its Call-ID (docs/adr/0018). Null: it has none, or the record is a deletion.</summary>
    public string? CallId { get; init; }

    /// <summary>Of a template with a Call-ID: what names it. Of a connection: the Call-ID of the template that it holds.</summary>
    public CallDigest Call { get; init; }

    /// <summary>SCTP: the verification tags of packets to the client and to the server; 0: not known.</summary>
    public uint ClientTag { get; init; }

    public uint ServerTag { get; init; }

    public ConnectionKey Key => new(Protocol, Client, ClientPort, Virtual, VirtualPort) { Call = Kind == ConnectionKind.Template ? Call : default };
}

/// <summary>What names a connection: the outside tuple, and of a template with a Call-ID that one.</summary>
public readonly record struct ConnectionKey(TransportProtocol Protocol, Ip Client, ushort ClientPort, Ip Virtual, ushort VirtualPort)
{
    public CallDigest Call { get; init; }
}

public enum ConnectionKind : byte
{
    /// <summary>A client's connection to a virtual service.</summary>
    Service = 0,

    /// <summary>A real server's own outbound flow, source translated to the virtual address.</summary>
    Masquerade = 1,

    /// <summary>A persistence template: carries no packets, remembers a client's server. Client port 0, client masked.</summary>
    Template = 2,
}

/// <summary>Travels on the wire: never renumber.</summary>
[Flags]
public enum ConnectionTraits : ushort
{
    None = 0,

    /// <summary>The real server is configured with port 0: its port is the one that the client asked for.</summary>
    ServerPortIsClients = 1,

    /// <summary>An expected FTP data connection whose client port is not known yet (IP_VS_CONN_F_NO_CPORT).</summary>
    AnyClientPort = 2,

    /// <summary>The connection was chosen by a template and holds it.</summary>
    HoldsTemplate = 4,

    /// <summary>The client is a neighbour of the real servers: its source becomes the gateway address towards them.</summary>
    Hairpin = 8,

    /// <summary>A datagram's flow whose other side has answered: it is not given up when the table is full.</summary>
    Answered = 16,

    /// <summary>The way back of one datagram (one-packet scheduling): no client's packet finds it, it does not travel.</summary>
    OnePacket = 32,

    /// <summary>An FTP control connection: its lines are read (<see cref="Helpers.FtpChannel"/>).</summary>
    Ftp = 0x100,

    /// <summary>The client has sent PASV, and the server has not answered 227 yet.</summary>
    AsksPassive = 0x200,

    /// <summary>The client has sent EPSV, and the server has not answered 229 yet.</summary>
    AsksExtendedPassive = 0x400,

    /// <summary>The latest change of the server's stream put three bars in an address' place (229), not the virtual address (227).</summary>
    BarsShift = 0x800,

    /// <summary>A TFTP request: the server answers from another port.</summary>
    Tftp = 0x1000,

    /// <summary>An expected TFTP transfer whose server port is not known yet.</summary>
    AnyServerPort = 0x2000,

    /// <summary>The latest change of a hairpin client's stream was made in EPRT, not in PORT.</summary>
    ExtendedCommand = 0x4000,
}

/// <summary>States of net/netfilter/ipvs/ip_vs_proto_tcp.c and _sctp.c, and the single state of UDP and of ICMP queries. Values travel on the wire: never renumber.</summary>
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

    /// <summary>See <see cref="SctpStates"/>.</summary>
    SctpNone = 32,
    SctpInit1 = 33,
    SctpInit = 34,
    SctpCookieSent = 35,
    SctpCookieReplied = 36,
    SctpCookieWait = 37,
    SctpCookie = 38,
    SctpCookieEchoed = 39,
    SctpEstablished = 40,
    SctpShutdownSent = 41,
    SctpShutdownReceived = 42,
    SctpShutdownAckSent = 43,
    SctpRejected = 44,
    SctpClosed = 45,

    /// <summary>A template one of whose connections was completed. Before that: None.</summary>
    Assured = 18,
}
