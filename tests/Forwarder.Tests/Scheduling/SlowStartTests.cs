namespace HaLvs.Forwarder.Tests.Scheduling;

public sealed class SlowStartTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("swrr")]
    [InlineData("wrr")]
    [InlineData("twos")]
    public void Schedule_ServerAdded_ShareGrowsToItsWeight(string scheduler)
    {
        ServiceBench bench = Started(scheduler);
        bench.Add(4);
        int[] shares = [.. Enumerable.Range(0, 5).Select(_ => ShareOf("4", bench, secondsBetween: 5))];
        Assert.InRange(shares[0], 1, 80);
        Assert.InRange(shares[4], 200, 500);
        Assert.Equal(shares.Order(), shares);
        Assert.Equal(20, bench[4].Ramp);
    }

    [Fact]
    public void Schedule_WeightRisesFromZero_StartsSlowly()
    {
        ServiceBench bench = Started("swrr");
        bench.Edit(3, 0);
        Assert.Equal(0, ShareOf("3", bench, 0));
        bench.Edit(3, 1);
        Assert.Equal(1, bench[3].Share);
        Pass(bench, 60);
        bench.Edit(3, 2);
        Assert.Equal(40, bench[3].Share);
    }

    [Fact]
    public void Tick_Ramp_EvenStepsFromFirstTick()
    {
        ServiceBench bench = Started("wlc");
        bench.Now += 600_000; // No tick in between: the clock of the ramp is the first one.
        bench.Add(4, 3);
        Assert.Equal(3, bench[4].Share);
        List<int> shares = [];
        for (int second = 0; second <= 20; second++)
        {
            bench.Service.Tick(bench.Now + (second * 1000));
            shares.Add(bench[4].Share);
        }

        Assert.Equal(3, shares[0]);
        Assert.Equal(3 * 10, shares[10]);
        Assert.Equal(60, shares[20]);
        Assert.Equal(shares.Order(), shares);
    }

    [Fact]
    public void Edit_SlowStartSwitchedOffAndOn_FullSharesAtOnce()
    {
        ServiceBench bench = Started("wrr");
        bench.Add(4);
        bench.Service.Edit(bench.Service.Config with { SlowStart = TimeSpan.Zero });
        Assert.Equal([1, 1, 1], bench.Service.Servers.Select(s => s.Share));
        bench.Service.Edit(bench.Service.Config with { SlowStart = Duration });
        Assert.Equal([20, 20, 20], bench.Service.Servers.Select(s => s.Share));
        Assert.Equal("4 3 2 4 3 2", bench.Names(6));
    }

    [Fact]
    public void Schedule_SlowStartOff_SharesAreWeights()
    {
        ServiceBench bench = new("wlc");
        bench.Add(2, 7).Add(3, 0);
        bench.Service.Tick(bench.Now);
        Assert.Equal([0, 7], bench.Service.Servers.Select(s => s.Share));
    }

    private static ServiceBench Started(string scheduler)
    {
        ServiceBench bench = new(scheduler, slowStart: Duration);
        bench.Add(2).Add(3);
        Pass(bench, 60);
        Assert.Equal([20, 20], bench.Service.Servers.Select(s => s.Share));
        return bench;
    }

    /// <summary>How many of 900 picks go there.</summary>
    private static int ShareOf(string host, ServiceBench bench, int secondsBetween)
    {
        int count = bench.Names(900).Split(' ').Count(n => n == host);
        Pass(bench, secondsBetween);
        return count;
    }

    private static void Pass(ServiceBench bench, int seconds)
    {
        for (int i = 0; i < seconds * 10; i++)
        {
            bench.Service.Tick(bench.Now);
            bench.Now += 100;
        }
    }
}
