using System.Runtime.InteropServices;

namespace HaLvs.Forwarder.Connections;

/// <summary>What is known of both sides, by protocol: a flow is of one, so TCP's numbers and SCTP's tags share their 32 bytes.</summary>
[StructLayout(LayoutKind.Explicit)]
internal struct FlowProgress
{
    /// <summary>What each side of a TCP connection has sent and promised; not synced, learnt again after a takeover.</summary>
    [FieldOffset(0)]
    public TcpProgress ByClient;

    [FieldOffset(16)]
    public TcpProgress ByServer;

    [FieldOffset(0)]
    public SctpTags Tags;
}
