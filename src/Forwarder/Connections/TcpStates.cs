using HaLvs.Forwarder.Packets;
using static HaLvs.Forwarder.Connections.ConnectionState;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// The TCP states of a NAT director that sees both directions, with the behaviour of IPVS (proven against records of a running kernel in
/// tests/golden/ipvs/timeouts.json). Flags are judged in the order RST, SYN, FIN, ACK. Whether a reset counts at all is <see cref="TcpTracking"/>'s to say.
/// </summary>
internal static class TcpStates
{
    private const int States = (int)SynAck + 1;

    //                None         Established  SynSent      SynRecv      FinWait      TimeWait     Close        CloseWait    LastAck      Listen       SynAck
    private static readonly ConnectionState[] Initiator =
    [
        /* SYN */     SynRecv,     Established, Established, SynRecv,     SynRecv,     SynRecv,     SynRecv,     SynRecv,     SynRecv,     SynRecv,     SynRecv,
        /* FIN */     Close,       CloseWait,   SynSent,     TimeWait,    TimeWait,    TimeWait,    Close,       CloseWait,   LastAck,     Listen,      TimeWait,
        /* ACK */     Established, Established, SynSent,     Established, FinWait,     TimeWait,    Close,       CloseWait,   Close,       Listen,      Established,
        /* RST */     Close,       Close,       Close,       SynRecv,     Close,       Close,       Close,       Close,       LastAck,     Listen,      SynRecv,
    ];

    private static readonly ConnectionState[] Responder =
    [
        /* SYN */     SynSent,     Established, SynSent,     SynRecv,     SynSent,     SynSent,     SynSent,     SynSent,     SynSent,     Listen,      SynRecv,
        /* FIN */     TimeWait,    FinWait,     SynSent,     TimeWait,    FinWait,     TimeWait,    Close,       TimeWait,    LastAck,     Listen,      TimeWait,
        /* ACK */     Established, Established, SynSent,     Established, FinWait,     TimeWait,    Close,       CloseWait,   LastAck,     Established, Established,
        /* RST */     Close,       Close,       SynSent,     Close,       Close,       TimeWait,    Close,       Close,       Close,       Close,       Close,
    ];

    //                None         Established  SynSent      SynRecv      FinWait      TimeWait     Close        CloseWait    LastAck      Listen       SynAck
    private static readonly ConnectionState[] SecureInitiator =
    [
        /* SYN */     SynRecv,     Established, Established, SynRecv,     SynRecv,     SynRecv,     SynRecv,     SynRecv,     SynRecv,     SynRecv,     SynAck,
        /* FIN */     Close,       CloseWait,   SynSent,     TimeWait,    TimeWait,    TimeWait,    Close,       CloseWait,   LastAck,     Listen,      SynAck,
        /* ACK */     Established, Established, SynSent,     SynRecv,     FinWait,     TimeWait,    Close,       CloseWait,   Close,       Listen,      SynAck,
        /* RST */     Close,       Close,       Close,       SynRecv,     Close,       Close,       Close,       Close,       LastAck,     Listen,      Close,
    ];

    private static readonly ConnectionState[] SecureResponder =
    [
        /* SYN */     SynSent,     Established, SynSent,     SynAck,      SynSent,     SynSent,     SynSent,     SynSent,     SynSent,     Listen,      SynAck,
        /* FIN */     TimeWait,    FinWait,     SynSent,     TimeWait,    FinWait,     TimeWait,    Close,       TimeWait,    LastAck,     Listen,      TimeWait,
        /* ACK */     Established, Established, SynSent,     Established, FinWait,     TimeWait,    Close,       CloseWait,   LastAck,     Established, Established,
        /* RST */     Close,       Close,       SynSent,     Close,       Close,       TimeWait,    Close,       Close,       Close,       Close,       Close,
    ];

    /// <param name="secure">secure_tcp: a client's ACK alone establishes nothing, only the server's does.</param>
    /// <param name="byInitiator">True for a segment of the side that began: the client of a service, the inside host of a masqueraded flow.</param>
    /// <remarks>A segment without any of the four flags means nothing to a receiver (RFC 9293 section 3.10.7.4), so it changes nothing.</remarks>
    public static ConnectionState Next(ConnectionState state, TcpFlags flags, bool byInitiator, bool secure)
    {
        int row = RowOf(flags);
        return row < 0 || (int)state >= States ? state : TableOf(byInitiator, secure)[(row * States) + (int)state];
    }

    private static ConnectionState[] TableOf(bool byInitiator, bool secure) => byInitiator
        ? (secure ? SecureInitiator : Initiator)
        : (secure ? SecureResponder : Responder);

    /// <summary>What ipvsadm counts as ActiveConn; all else is InActConn.</summary>
    public static bool IsActive(ConnectionState state) => state is Established or SynSent or SynRecv or SynAck or SctpEstablished;

    /// <summary>A SYN that opens a connection; a SYN with ACK answers one and opens nothing.</summary>
    public static bool Opens(TcpFlags flags) => (flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn;

    /// <summary>States in which a new SYN of the initiator is a new connection, scheduled afresh (conn_reuse_mode 1).</summary>
    public static bool IsOver(ConnectionState state) => state is TimeWait or Close;

    private static int RowOf(TcpFlags flags)
    {
        if ((flags & TcpFlags.Rst) != 0)
        {
            return 3;
        }

        if ((flags & TcpFlags.Syn) != 0)
        {
            return 0;
        }

        if ((flags & TcpFlags.Fin) != 0)
        {
            return 1;
        }

        return (flags & TcpFlags.Ack) != 0 ? 2 : -1;
    }
}
