namespace HaLvs.Director.Effects;

/// <summary>
/// The numbers by which HaLvs marks what it puts into the kernel, so that it removes its own and nothing else, also after a crash. They show
/// in `ip route`, `ip rule`, `ip address` and `ip neigh show proxy` as "proto 188".
/// </summary>
public static class TakeoverNumbers
{
    /// <summary>rtm_protocol, FRA_PROTOCOL, IFA_PROTO and NDA_PROTOCOL; free in the kernel's and in iproute2's lists.</summary>
    public const byte Protocol = 188;

    /// <summary>What comes from the real servers goes by this table: default into the TUN.</summary>
    public const uint InternalTable = 18801;

    /// <summary>What the forwarding core hands back while it relays goes by this table: to the peer.</summary>
    public const uint RelayTable = 18802;

    /// <summary>Before the operator's own rules (which usually begin at 1000), or the real servers' answers would miss the core.</summary>
    public const uint InternalRulePriority = 188;

    public const uint RelayRulePriority = 187;
}
