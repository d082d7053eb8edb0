using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Scheduling;

namespace HaLvs.Forwarder.Tests.Services;

/// <summary>Thresholds and weights as net/netfilter/ipvs/ip_vs_ctl.c and ip_vs_conn.c judge them.</summary>
public sealed class RealServerTests
{
    [Fact]
    public void Bind_ReachesUpper_OverloadedUntilBelowLower()
    {
        RealServer server = Server(upper: 4, lower: 2);
        Assert.Equal("...X", Bind(server, 4));
        Assert.Equal("XX..", Unbind(server, 4));
    }

    [Fact]
    public void Unbind_NoLowerThreshold_BackBelowThreeQuarters()
    {
        RealServer server = Server(upper: 8, lower: 0);
        Assert.Equal(".......XX", Bind(server, 9));
        Assert.Equal("XXX......", Unbind(server, 9)); // 8, 7, 6 of 8 are three quarters or more.
    }

    [Fact]
    public void Move_ActiveToInactive_CountsAllTheSame()
    {
        RealServer server = Server(upper: 2, lower: 1);
        Bind(server, 2);
        server.Move(ConnectionState.Established, ConnectionState.TimeWait);
        Assert.True(server.IsOverloaded);
        server.Unbind(ConnectionState.TimeWait);
        Assert.True(server.IsOverloaded);
        server.Unbind(ConnectionState.Established);
        Assert.False(server.IsOverloaded);
    }

    [Theory]
    [InlineData(4, 4, true)]
    [InlineData(4, 9, true)] // Raised: only the end of connections clears it.
    [InlineData(4, 3, false)] // Lowered: judged at the next connection.
    [InlineData(4, 0, false)]
    public void Configure_OtherUpper_FlagAsTheKernelLeavesIt(uint before, uint after, bool overloaded)
    {
        ServiceBench bench = new("rr");
        bench.Add(2, 1, before, 1);
        Bind(bench[2], 4);
        Assert.True(bench[2].IsOverloaded);
        bench.Edit(2, 1, after, after == 0 ? 0u : 1u);
        Assert.Equal(overloaded, bench[2].IsOverloaded);
        bench[2].Bind(ConnectionState.Established);
        Assert.Equal(after is 3 or 4 or 9, bench[2].IsOverloaded);
    }

    [Fact]
    public void Configure_NoThresholdBefore_NotOverloadedUntilTheNextConnection()
    {
        ServiceBench bench = new("rr");
        bench.Add(2);
        Bind(bench[2], 9);
        bench.Edit(2, 1, upper: 5);
        Assert.False(bench[2].IsOverloaded);
        bench[2].Bind(ConnectionState.Established);
        Assert.True(bench[2].IsOverloaded);
    }

    [Fact]
    public void Configure_RemovedAndAddedWithConnections_CountsAndFlagStay()
    {
        ServiceBench bench = new("rr");
        bench.Add(2, 3, upper: 2, lower: 1);
        Bind(bench[2], 2);
        bench.Remove(2);
        bench.Add(2, 0, upper: 2, lower: 1);
        Assert.Equal((2, true, 0), (bench[2].ActiveConnections, bench[2].IsOverloaded, bench[2].LastWeight));
    }

    [Fact]
    public void Configure_WeightToZero_LastWeightStays()
    {
        ServiceBench bench = new("mh");
        bench.Add(2, 5);
        bench.Edit(2, 0);
        Assert.Equal((0, 5), (bench[2].Weight, bench[2].LastWeight));
        bench.Edit(2, 3);
        Assert.Equal((3, 3), (bench[2].Weight, bench[2].LastWeight));
    }

    private static RealServer Server(uint upper, uint lower)
    {
        ServiceBench bench = new("rr");
        bench.Add(2, 1, upper, lower);
        return bench[2];
    }

    private static string Bind(RealServer server, int count) => Marks(server, count, () => server.Bind(ConnectionState.Established));

    private static string Unbind(RealServer server, int count) => Marks(server, count, () => server.Unbind(ConnectionState.Established));

    private static string Marks(RealServer server, int count, Action act) => string.Concat(Enumerable.Range(0, count).Select(_ =>
    {
        act();
        return server.IsOverloaded ? 'X' : '.';
    }));
}
