using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Connections;

/// <summary>Which packets begin a connection, and the state that it has before its first packet is judged.</summary>
internal static class FirstPacket
{
    /// <param name="sloppyTcp">Any segment but a reset opens (sloppy_tcp).</param>
    public static bool Opens(in Packet packet, bool sloppyTcp = false) => packet.Protocol switch
    {
        TransportProtocol.Tcp => TcpStates.Opens(packet.Flags) || (sloppyTcp && (packet.Flags & TcpFlags.Rst) == 0),
        TransportProtocol.Sctp => IsInit(in packet),
        _ => true,
    };

    public static ConnectionState StateBefore(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => ConnectionState.None,
        TransportProtocol.Sctp => ConnectionState.SctpNone,
        _ => ConnectionState.Udp,
    };

    /// <summary>A SYN or INIT of the side that began, on a connection that is over, is a new connection (conn_reuse_mode 1).</summary>
    public static bool StartsAfresh(ConnectionState state, in Packet packet) => packet.Protocol switch
    {
        TransportProtocol.Tcp => TcpStates.IsOver(state) && TcpStates.Opens(packet.Flags),
        TransportProtocol.Sctp => SctpStates.IsOver(state) && IsInit(in packet),
        _ => false,
    };

    /// <summary>One that its receiver takes (RFC 9260 sections 3.3.2 and 8.5.1 A).</summary>
    private static bool IsInit(in Packet packet) => packet.SctpEvent == SctpEvent.Init && packet.VerificationTag == 0 && packet.InitiateTag != 0;
}
