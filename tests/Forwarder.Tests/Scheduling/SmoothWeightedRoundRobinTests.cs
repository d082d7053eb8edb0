namespace HaLvs.Forwarder.Tests.Scheduling;

public sealed class SmoothWeightedRoundRobinTests
{
    /// <summary>The example of nginx's documentation, with the newest server as the first of the list.</summary>
    [Fact]
    public void Schedule_FiveOneOne_HeavyOneSpreadOverTheRound()
    {
        ServiceBench bench = new("swrr");
        bench.Add(4, 1).Add(3, 1).Add(2, 5);
        Assert.Equal("2 2 3 2 4 2 2 2 2 3 2 4 2 2", bench.Names(14));
    }

    [Fact]
    public void Schedule_WholeRounds_ExactShares()
    {
        ServiceBench bench = new("swrr");
        bench.Add(2, 7).Add(3, 5).Add(4, 0).Add(5, 2).Add(6, 11);
        string[] names = bench.Names(25 * 8).Split(' ');
        Assert.Equal([("2", 56), ("3", 40), ("5", 16), ("6", 88)], names.GroupBy(n => n).Select(g => (g.Key, g.Count())).Order());
    }

    [Fact]
    public void Schedule_ServerLeavesAndComes_OthersGoOn()
    {
        ServiceBench bench = new("swrr");
        bench.Add(2, 2).Add(3, 2).Add(4, 2);
        Assert.Equal("4 3 2 4", bench.Names(4));
        bench.Remove(3);
        Assert.Equal("2 2 4 2", bench.Names(4)); // 4 has paid for a round of three.
        bench.Add(3, 2);
        Assert.Equal(["2", "3", "4"], bench.Names(3).Split(' ').Order());
    }

    [Fact]
    public void Schedule_NoWeights_Nobody()
    {
        ServiceBench bench = new("swrr");
        Assert.Equal("-", bench.Name());
        bench.Add(2, 0);
        Assert.Equal("-", bench.Name());
    }
}
