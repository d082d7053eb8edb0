namespace HaLvs.Forwarder.Services;

/// <summary>
/// The settings that IPVS has as sysctls of net.ipv4.vs, by their kernel names and with the kernel's defaults (Documentation/networking/ipvs-sysctl.rst).
/// Where we have a better default, an ADR says so and the configuration sets it.
/// </summary>
public sealed record IpvsSettings
{
    /// <summary>The client's next packet ends a connection whose server is gone, instead of being dropped silently.</summary>
    public bool ExpireNoDestConn { get; init; }

    /// <summary>Templates of a server of weight 0 are not honoured.</summary>
    public bool ExpireQuiescentTemplate { get; init; }

    /// <summary>Any segment but a reset opens a connection, not only a SYN.</summary>
    public bool SloppyTcp { get; init; }

    /// <summary>A real server whose packet no connection explains gets an ICMP port unreachable, but for resets (ip_vs_out of ip_vs_core.c).</summary>
    public bool NatIcmpSend { get; init; }

    /// <summary>0 off, 1 and 2 automatic under memory pressure (here: a table that is almost full), 3 always.</summary>
    public int SecureTcp { get; init; }

    public int DropEntry { get; init; }

    public int DropPacket { get; init; }

    /// <summary>One new connection of so many is dropped while drop_packet 3 works (am_droprate).</summary>
    public int DropRate { get; init; } = 10;

    /// <summary>0: a SYN on a connection that is over revives it; 1: it is scheduled afresh.</summary>
    public int ConnReuseMode { get; init; } = 1;

    public TimeSpan LblcExpiration { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan LblcrExpiration { get; init; } = TimeSpan.FromHours(24);
}
