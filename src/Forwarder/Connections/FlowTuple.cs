using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// What a flow is looked up by. Far is always the outside end (the client); Near is the virtual address for the outside index and the real server
/// for the inside index. An ICMP query has its identifier as the near port and 0 as the far port.
/// </summary>
internal readonly struct FlowTuple(TransportProtocol protocol, Ip far, ushort farPort, Ip near, ushort nearPort)
{
    private const byte TemplateBit = 0x80;
    private const byte OnePacketBit = 0x40;
    private const byte ExpectedBit = 0x20;
    private const ConnectionTraits Expected = ConnectionTraits.AnyClientPort | ConnectionTraits.AnyServerPort;

    public readonly TransportProtocol Protocol = protocol;
    public readonly Ip Far = far;
    public readonly ushort FarPort = farPort;
    public readonly Ip Near = near;
    public readonly ushort NearPort = nearPort;

    /// <summary>
    /// Templates and expected flows of an unknown port are found by no packet, one-packet flows by none from outside: they are filed under numbers that
    /// none of our protocols has.
    /// </summary>
    public static TransportProtocol OutsideProtocolOf(ConnectionKind kind, ConnectionTraits traits, TransportProtocol protocol) =>
        kind == ConnectionKind.Template ? Hidden(protocol, TemplateBit)
        : (traits & ConnectionTraits.OnePacket) != 0 ? Hidden(protocol, OnePacketBit)
        : (traits & Expected) != 0 ? Hidden(protocol, ExpectedBit)
        : protocol;

    public static TransportProtocol InsideProtocolOf(ConnectionKind kind, ConnectionTraits traits, TransportProtocol protocol) =>
        kind == ConnectionKind.Template ? Hidden(protocol, TemplateBit)
        : (traits & Expected) != 0 ? Hidden(protocol, ExpectedBit)
        : protocol;

    private static TransportProtocol Hidden(TransportProtocol protocol, byte bit) => (TransportProtocol)((byte)protocol ^ bit);
}
