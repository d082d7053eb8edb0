using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Nat;

/// <summary>Reads the type of a message.</summary>
internal static class IcmpMeanings
{
    public static IcmpMeaning Of(TransportProtocol protocol, byte type) => protocol == TransportProtocol.IcmpV6 ? InV6(type) : InV4(type);

    private static IcmpMeaning InV4(byte type) => type switch
    {
        IcmpType.Echo => IcmpMeaning.Echo,
        IcmpType.EchoReply => IcmpMeaning.EchoReply,
        IcmpType.Unreachable or IcmpType.SourceQuench or IcmpType.TimeExceeded or IcmpType.ParameterProblem => IcmpMeaning.Error,
        _ => IcmpMeaning.Other,
    };

    private static IcmpMeaning InV6(byte type) => type switch
    {
        IcmpV6Type.Echo => IcmpMeaning.Echo,
        IcmpV6Type.EchoReply => IcmpMeaning.EchoReply,
        >= IcmpV6Type.Unreachable and <= IcmpV6Type.ParameterProblem => IcmpMeaning.Error,
        _ => IcmpMeaning.Other,
    };
}
