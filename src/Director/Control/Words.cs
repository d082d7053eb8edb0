using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Heartbeat;
using HaLvs.Heartbeat.Roles;

namespace HaLvs.Director.Control;

/// <summary>The stable words of control.proto. Spelled out, so that renaming an enum member cannot change what operators' scripts see.</summary>
public static class Words
{
    private static readonly (ConnectionTraits Trait, string Word)[] Traits =
    [
        (ConnectionTraits.Hairpin, "hairpin"),
        (ConnectionTraits.HoldsTemplate, "holds-template"),
        (ConnectionTraits.AnyClientPort, "any-client-port"),
        (ConnectionTraits.OnePacket, "one-packet"),
        (ConnectionTraits.Answered, "answered"),
    ];

    public static string Of(Role role) => role switch
    {
        Role.Passive => "passive",
        Role.Standby => "standby",
        Role.Fencing => "fencing",
        Role.Taking => "taking",
        Role.Active => "active",
        Role.Releasing => "releasing",
        Role.Stopped => "stopped",
        _ => $"role-{(int)role}",
    };

    public static string Of(LinkState state) => state switch
    {
        LinkState.Unseen => "unseen",
        LinkState.Ok => "ok",
        LinkState.Late => "late",
        LinkState.Down => "down",
        LinkState.Absent => "absent",
        _ => $"state-{(int)state}",
    };

    public static string Of(EventSeverity severity) => severity switch
    {
        EventSeverity.Info => "info",
        EventSeverity.Notice => "notice",
        EventSeverity.Warning => "warning",
        EventSeverity.Alarm => "alarm",
        _ => $"severity-{(int)severity}",
    };

    public static string Of(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Icmp => "icmp",
        TransportProtocol.Tcp => "tcp",
        TransportProtocol.Udp => "udp",
        TransportProtocol.IcmpV6 => "icmpv6",
        TransportProtocol.Sctp => "sctp",
        _ => $"protocol-{(int)protocol}",
    };

    public static string Of(ConnectionKind kind) => kind switch
    {
        ConnectionKind.Service => "service",
        ConnectionKind.Masquerade => "masquerade",
        ConnectionKind.Template => "template",
        _ => $"kind-{(int)kind}",
    };

    public static IEnumerable<string> Of(ConnectionTraits traits) => Traits.Where(t => traits.HasFlag(t.Trait)).Select(t => t.Word);

    /// <summary>As ipvsadm -Lnc prints them.</summary>
    public static string Of(ConnectionState state) => state switch
    {
        ConnectionState.None => "NONE",
        ConnectionState.Established => "ESTABLISHED",
        ConnectionState.SynSent => "SYN_SENT",
        ConnectionState.SynRecv => "SYN_RECV",
        ConnectionState.FinWait => "FIN_WAIT",
        ConnectionState.TimeWait => "TIME_WAIT",
        ConnectionState.Close => "CLOSE",
        ConnectionState.CloseWait => "CLOSE_WAIT",
        ConnectionState.LastAck => "LAST_ACK",
        ConnectionState.Listen => "LISTEN",
        ConnectionState.SynAck => "SYNACK",
        ConnectionState.Udp => "UDP",
        ConnectionState.IcmpQuery => "ICMP",
        ConnectionState.SctpNone => "NONE",
        ConnectionState.SctpInit1 => "INIT1",
        ConnectionState.SctpInit => "INIT",
        ConnectionState.SctpCookieSent => "C-SENT",
        ConnectionState.SctpCookieReplied => "C-REPLIED",
        ConnectionState.SctpCookieWait => "C-WAIT",
        ConnectionState.SctpCookie => "COOKIE",
        ConnectionState.SctpCookieEchoed => "C-ECHOED",
        ConnectionState.SctpEstablished => "ESTABLISHED",
        ConnectionState.SctpShutdownSent => "S-SENT",
        ConnectionState.SctpShutdownReceived => "S-RECEIVED",
        ConnectionState.SctpShutdownAckSent => "S-ACK-SENT",
        ConnectionState.SctpRejected => "REJECTED",
        ConnectionState.SctpClosed => "CLOSED",
        ConnectionState.Assured => "ASSURED",
        _ => $"STATE-{(int)state}",
    };
}
