using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Explaining;

/// <summary>A client's packet, real or imagined: where does it go, and why?</summary>
/// <param name="Opens">It is one that may begin a connection: a SYN, an INIT, any datagram.</param>
public sealed record ExplainQuery(TransportProtocol Protocol, Ip Client, ushort ClientPort, Ip Virtual, ushort VirtualPort, bool Opens = true)
{
    internal Packet ToPacket() => new()
    {
        Protocol = Protocol,
        Source = Client,
        SourcePort = ClientPort,
        Destination = Virtual,
        DestinationPort = VirtualPort,
        IsV6 = !Virtual.IsV4,
        Flags = Opens ? TcpFlags.Syn : TcpFlags.Ack,
        SctpEvent = Opens ? SctpEvent.Init : default,
    };
}
