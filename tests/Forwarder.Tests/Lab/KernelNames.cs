using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>State names as ipvsadm -L -n -c prints them.</summary>
internal static class KernelNames
{
    public static string Of(ConnectionState state) => state switch
    {
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
        ConnectionState.None => "NONE",
        ConnectionState.Assured => "ASSURED",
        _ => state.ToString(),
    };
}
