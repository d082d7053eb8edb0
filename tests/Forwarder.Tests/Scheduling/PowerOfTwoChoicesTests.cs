using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Tests.Scheduling;

public sealed class PowerOfTwoChoicesTests
{
    /// <summary>Of two equal draws the first is kept, so without load the picks are the draws: by weight, the first server with one part more.</summary>
    [Fact]
    public void Schedule_NoLoad_SharesByWeight()
    {
        ServiceBench bench = new("twos");
        bench.Add(2, 50).Add(3, 30).Add(4, 19);
        ILookup<string, string> picks = bench.Names(100_000).Split(' ').ToLookup(n => n);
        Assert.InRange(picks["2"].Count(), 49_000, 51_000);
        Assert.InRange(picks["3"].Count(), 29_200, 30_800);
        Assert.InRange(picks["4"].Count(), 19_200, 20_800);
    }

    [Fact]
    public void Schedule_OneLoaded_PickedOnlyWhenDrawnTwice()
    {
        ServiceBench bench = new("twos");
        bench.Add(2, 40).Add(3, 39);
        bench[3].Bind(ConnectionState.Established);
        Assert.InRange(bench.Names(100_000).Split(' ').Count(n => n == "3"), 24_000, 26_000);
    }

    [Fact]
    public void Schedule_QuiescedAndOverloaded_NeverDrawn()
    {
        ServiceBench bench = new("twos");
        bench.Add(2, 0).Add(3, 1).Add(4, 50, upper: 1).Add(5, 0);
        bench[4].Bind(ConnectionState.Established);
        Assert.All(bench.Names(1000).Split(' '), n => Assert.Equal("3", n));
        bench.Edit(3, 0);
        Assert.Equal("-", bench.Name());
    }
}
