namespace HaLvs.Director.Configuration.Written;

internal sealed record IpvsConfig
{
    public Setting<TimeSpan>? Tcp { get; init; }

    public Setting<TimeSpan>? TcpFin { get; init; }

    public Setting<TimeSpan>? Udp { get; init; }

    public Setting<bool>? ExpireNoDestConn { get; init; }

    public Setting<bool>? ExpireQuiescentTemplate { get; init; }

    public Setting<bool>? SloppyTcp { get; init; }

    public Setting<bool>? NatIcmpSend { get; init; }

    public Setting<int>? SecureTcp { get; init; }

    public Setting<int>? DropEntry { get; init; }

    public Setting<int>? DropPacket { get; init; }

    public Setting<int>? DropRate { get; init; }

    public Setting<int>? ConnReuseMode { get; init; }

    public Setting<TimeSpan>? LblcExpiration { get; init; }

    public Setting<TimeSpan>? LblcrExpiration { get; init; }
}
