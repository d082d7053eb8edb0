namespace HaLvs.Forwarder.Services;

/// <summary>What a server or a service has carried since it was made: connections, packets and bytes of IP, in from clients and out to them.</summary>
public readonly record struct TrafficTotals(long Connections, long InPackets, long OutPackets, long InBytes, long OutBytes)
{
    public static TrafficTotals operator -(in TrafficTotals left, in TrafficTotals right) => new(
        left.Connections - right.Connections, left.InPackets - right.InPackets, left.OutPackets - right.OutPackets,
        left.InBytes - right.InBytes, left.OutBytes - right.OutBytes);

    public static TrafficTotals Subtract(in TrafficTotals left, in TrafficTotals right) => left - right;
}

/// <summary>The same per second, smoothed over about eight seconds; see <see cref="RateEstimator"/>.</summary>
public readonly record struct TrafficRates(long Connections, long InPackets, long OutPackets, long InBytes, long OutBytes);
