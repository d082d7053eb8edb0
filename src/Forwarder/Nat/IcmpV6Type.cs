namespace HaLvs.Forwarder.Nat;

/// <summary>ICMPv6 types and codes (RFC 4443).</summary>
internal static class IcmpV6Type
{
    public const byte Unreachable = 1;
    public const byte PacketTooBig = 2;
    public const byte TimeExceeded = 3;
    public const byte ParameterProblem = 4;
    public const byte Echo = 128;
    public const byte EchoReply = 129;

    public const byte Prohibited = 1;
    public const byte PortUnreachable = 4;
    public const byte UnknownNextHeader = 1;
}
