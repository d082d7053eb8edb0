namespace HaLvs.Forwarder.Services;

/// <summary>
/// Rates of one server or service as net/netfilter/ipvs/ip_vs_est.c keeps them: a sample every two seconds, each of which moves the average by a
/// quarter of the difference. Counts per second carry 10 fraction bits, bytes 5, and a reading is rounded up as the kernel's is; so ipvsadm
/// shows the same figures. Totals are shown as of the last sample, as the kernel does: totals and rates belong to the same instant.
/// </summary>
internal sealed class RateEstimator
{
    /// <summary>All estimators of a director are sampled in one step, this often.</summary>
    public const long PeriodMilliseconds = 2_000;

    private const int CountFraction = 10;
    private const int ByteFraction = 5;

    private TrafficTotals _sampled;
    private TrafficRates _scaled;

    /// <summary>Totals at the last sample.</summary>
    public TrafficTotals Totals => _sampled;

    public TrafficRates Rates => new(
        Rounded(_scaled.Connections, CountFraction), Rounded(_scaled.InPackets, CountFraction), Rounded(_scaled.OutPackets, CountFraction),
        Rounded(_scaled.InBytes, ByteFraction), Rounded(_scaled.OutBytes, ByteFraction));

    /// <summary>Call every <see cref="PeriodMilliseconds"/> with the running totals.</summary>
    public void Sample(in TrafficTotals totals)
    {
        TrafficTotals since = totals - _sampled;
        _sampled = totals;
        _scaled = new TrafficRates(
            Moved(_scaled.Connections, since.Connections, CountFraction), Moved(_scaled.InPackets, since.InPackets, CountFraction),
            Moved(_scaled.OutPackets, since.OutPackets, CountFraction),
            Moved(_scaled.InBytes, since.InBytes, ByteFraction), Moved(_scaled.OutBytes, since.OutBytes, ByteFraction));
    }

    /// <summary>The counters begin again at 0.</summary>
    public void Zero() => (_sampled, _scaled) = (default, default);

    /// <summary>Half the increase, because a sample spans two seconds.</summary>
    private static long Moved(long average, long increase, int fraction) => average + (((increase << (fraction - 1)) - average) >> 2);

    private static long Rounded(long scaled, int fraction) => (scaled + (1L << (fraction - 1)) - 1) >> fraction;
}
