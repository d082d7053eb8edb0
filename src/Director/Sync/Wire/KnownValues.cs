using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Sync.Wire;

/// <summary>The numbers that this version knows. A record of a protocol or state without time-outs here could neither be forwarded nor aged: it is left out.</summary>
internal static class KnownValues
{
    private static readonly bool[] Protocols = Flags(Enum.GetValues<TransportProtocol>().Select(p => (byte)p));
    private static readonly bool[] States = Flags(Enum.GetValues<ConnectionState>().Select(s => (byte)s));

    /// <summary>Every trait that this version has a meaning for.</summary>
    public static ConnectionTraits Traits { get; } = Enum.GetValues<ConnectionTraits>().Aggregate((all, one) => all | one);

    /// <summary>The template of a mark stands for every protocol: 0 (IPPROTO_IP).</summary>
    public static bool IsProtocolOf(ConnectionKind kind, uint value) => IsProtocol(value) || (kind == ConnectionKind.Template && value == 0);

    /// <summary>A connection that is no hairpin has none.</summary>
    public static Ip GatewayOf(ConnectionTraits traits, Ip sent) => (traits & ConnectionTraits.Hairpin) != 0 ? sent : default;

    public static bool IsProtocol(uint value) => value < (uint)Protocols.Length && Protocols[value];

    public static bool IsState(uint value) => value < (uint)States.Length && States[value];

    private static bool[] Flags(IEnumerable<byte> values)
    {
        bool[] flags = new bool[byte.MaxValue + 1];
        foreach (byte value in values) flags[value] = true;
        return flags;
    }
}
