namespace HaLvs.Forwarder.Nat;

/// <summary>What an ICMP or ICMPv6 message is to a translator. Neighbour discovery and the like are <see cref="Other"/>: they end at their link.</summary>
internal enum IcmpMeaning : byte
{
    Other = 0,
    Echo,
    EchoReply,

    /// <summary>Quotes the packet that it complains about.</summary>
    Error,
}
