namespace HaLvs.Forwarder.Packets;

/// <summary>The control bits of a TCP header that matter to a connection's state (RFC 9293 section 3.1).</summary>
[Flags]
internal enum TcpFlags : byte
{
    None = 0,
    Fin = 0x01,
    Syn = 0x02,
    Rst = 0x04,
    Ack = 0x10,
}
