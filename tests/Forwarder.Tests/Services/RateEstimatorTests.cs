using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Tests.Services;

public sealed class RateEstimatorTests
{
    /// <summary>Ten datagrams of 1028 bytes answered with 44: what the kernel showed at each sample afterwards (rate_decay.json).</summary>
    [Fact]
    public void Rates_OneBurst_DecayAsTheKernelsDo()
    {
        RateEstimator estimator = new();
        TrafficTotals burst = new(10, 10, 10, 10_280, 440);
        foreach ((long count, long inBytes, long outBytes) in
            new (long, long, long)[] { (1, 1285, 55), (1, 964, 41), (1, 723, 31), (1, 542, 23), (0, 407, 17), (0, 305, 13), (0, 229, 10), (0, 171, 7) })
        {
            estimator.Sample(burst);
            Assert.Equal(new TrafficRates(count, count, count, inBytes, outBytes), estimator.Rates);
        }
    }

    [Fact]
    public void Totals_BetweenSamples_StandStill()
    {
        RateEstimator estimator = new();
        TrafficTotals first = new(1, 2, 3, 4, 5);
        Assert.Equal(default, estimator.Totals);
        estimator.Sample(first);
        Assert.Equal(first, estimator.Totals);
    }

    [Fact]
    public void Zero_AfterTraffic_CountsFromThere()
    {
        RateEstimator estimator = new();
        estimator.Sample(new TrafficTotals(5, 50, 40, 500, 400));
        estimator.Zero();
        Assert.Equal((default(TrafficTotals), default(TrafficRates)), (estimator.Totals, estimator.Rates));
        estimator.Sample(new TrafficTotals(1, 2, 1, 20, 10));
        Assert.Equal(new TrafficTotals(1, 2, 1, 20, 10), estimator.Totals);
        Assert.Equal(new TrafficRates(0, 0, 0, 2, 1), estimator.Rates);
    }
}
