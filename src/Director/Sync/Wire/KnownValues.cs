using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Sync.Wire;

/// <summary>The numbers that this version knows. A record of a protocol or state without time-outs here could neither be forwarded nor aged: it is left out.</summary>
internal static class KnownValues
{
    private static readonly bool[] Protocols = Flags(Enum.GetValues<TransportProtocol>().Select(p => (byte)p));
    private static readonly bool[] States = Flags(Enum.GetValues<ConnectionState>().Select(s => (byte)s));

    public static bool IsProtocol(uint value) => value < (uint)Protocols.Length && Protocols[value];

    public static bool IsState(uint value) => value < (uint)States.Length && States[value];

    private static bool[] Flags(IEnumerable<byte> values)
    {
        bool[] flags = new bool[byte.MaxValue + 1];
        foreach (byte value in values) flags[value] = true;
        return flags;
    }
}
