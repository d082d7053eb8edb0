using HaLvs.Forwarder.Packets;
using static HaLvs.Forwarder.Connections.ConnectionState;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// The SCTP states of a NAT director that sees both directions, with the behaviour of IPVS (net/netfilter/ipvs/ip_vs_proto_sctp.c), as seen from the
/// server: a client's set-up goes INIT1 (INIT when repeated), COOKIE_SENT, COOKIE_REPLIED, ESTABLISHED; a server's goes COOKIE_WAIT, COOKIE,
/// COOKIE_ECHOED, ESTABLISHED. Written as rules: what no rule names leaves the state as it is. Traffic alone establishes what had no state.
/// </summary>
internal static class SctpStates
{
    /// <param name="byInitiator">True for a packet of the side that began: the client of a service, the inside host of a masqueraded flow.</param>
    public static ConnectionState Next(ConnectionState state, SctpEvent seen, bool byInitiator) =>
        byInitiator ? OfInitiator(state, seen) : OfResponder(state, seen);

    /// <summary>A new INIT of the side that began is then a new association, scheduled afresh (is_new_conn_expected of ip_vs_core.c).</summary>
    public static bool IsOver(ConnectionState state) => state == SctpClosed;

    private static ConnectionState OfInitiator(ConnectionState state, SctpEvent seen) => (seen, state) switch
    {
        (SctpEvent.Abort, SctpCookieWait) => SctpRejected,
        (SctpEvent.Abort, _) => SctpClosed,
        (SctpEvent.Traffic or SctpEvent.CookieAck, SctpNone) => SctpEstablished,
        (SctpEvent.Init, SctpNone) => SctpInit1,
        (SctpEvent.Init, SctpInit1 or SctpRejected or SctpClosed) => SctpInit,
        (SctpEvent.InitAck, SctpNone or SctpInit1 or SctpInit) => SctpCookieWait,
        (SctpEvent.InitAck, SctpCookieWait) => SctpCookie,
        (SctpEvent.CookieEcho, SctpNone or SctpCookieSent) => SctpCookieReplied,
        (SctpEvent.CookieEcho or SctpEvent.ShutdownAck, SctpInit1) => SctpInit,
        (SctpEvent.CookieAck, SctpCookieEchoed) => SctpEstablished,
        (SctpEvent.Shutdown, SctpNone or SctpEstablished) => SctpShutdownReceived,
        (SctpEvent.ShutdownAck, SctpNone or SctpShutdownSent or SctpShutdownAckSent) => SctpClosed,
        (SctpEvent.ShutdownComplete, SctpNone or SctpInit1 or SctpInit or SctpShutdownAckSent) => SctpClosed,
        (SctpEvent.Error, SctpNone or SctpCookieEchoed) => SctpClosed,
        _ => state,
    };

    private static ConnectionState OfResponder(ConnectionState state, SctpEvent seen) => (seen, state) switch
    {
        (SctpEvent.Abort, SctpInit1) => SctpRejected,
        (SctpEvent.Abort, _) => SctpClosed,
        (SctpEvent.Traffic, SctpNone) => SctpEstablished,
        (SctpEvent.Init, not SctpEstablished) => SctpCookieWait,
        (SctpEvent.InitAck, SctpNone or SctpInit1 or SctpInit) => SctpCookieSent,
        (SctpEvent.CookieEcho, < SctpEstablished) => SctpCookieEchoed,
        (SctpEvent.CookieAck, <= SctpEstablished) => SctpEstablished,
        (SctpEvent.Shutdown, <= SctpEstablished) => SctpShutdownSent,
        (SctpEvent.ShutdownAck, <= SctpCookieReplied or SctpShutdownSent or SctpShutdownReceived) => SctpShutdownAckSent,
        (SctpEvent.ShutdownComplete, SctpNone) => SctpClosed,
        (SctpEvent.Error, <= SctpCookieReplied) => SctpClosed,
        _ => state,
    };
}
