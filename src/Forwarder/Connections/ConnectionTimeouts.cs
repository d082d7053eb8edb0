namespace HaLvs.Forwarder.Connections;

/// <summary>The three times that ipvsadm --set changes, with the kernel's defaults. The other states have fixed times.</summary>
public sealed record ConnectionTimeouts
{
    /// <summary>An established TCP connection without packets.</summary>
    public TimeSpan Tcp { get; init; } = TimeSpan.FromSeconds(900);

    /// <summary>A TCP connection whose server has closed its side.</summary>
    public TimeSpan TcpFin { get; init; } = TimeSpan.FromSeconds(120);

    public TimeSpan Udp { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Milliseconds by state, indexed by its number.</summary>
    internal uint[] ToTable()
    {
        uint[] table = new uint[byte.MaxValue + 1];
        Array.Fill(table, 120_000u);
        table[(int)ConnectionState.None] = 3_000;
        table[(int)ConnectionState.Established] = (uint)Tcp.TotalMilliseconds;
        table[(int)ConnectionState.SynRecv] = 60_000;
        table[(int)ConnectionState.FinWait] = (uint)TcpFin.TotalMilliseconds;
        table[(int)ConnectionState.Close] = 10_000;
        table[(int)ConnectionState.CloseWait] = 60_000;
        table[(int)ConnectionState.LastAck] = 30_000;
        table[(int)ConnectionState.Udp] = (uint)Udp.TotalMilliseconds;
        table[(int)ConnectionState.IcmpQuery] = 30_000;
        Array.Fill(table, 61_000u, (int)ConnectionState.SctpNone, ConnectionState.SctpClosed - ConnectionState.SctpNone + 1);
        table[(int)ConnectionState.SctpNone] = 3_000;
        table[(int)ConnectionState.SctpInit1] = 4_000;
        table[(int)ConnectionState.SctpEstablished] = 900_000;
        table[(int)ConnectionState.SctpRejected] = 4_000;
        return table;
    }
}
