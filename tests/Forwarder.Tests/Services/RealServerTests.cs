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
    [InlineData(4, 4u, 1u, true)]
    [InlineData(4, 9u, 1u, true)] // Raised: between the two it stays what it was.
    [InlineData(4, 9u, 5u, false)] // Raised, and the lower one passed.
    [InlineData(4, 3u, 1u, true)]
    [InlineData(4, 0u, 0u, false)]
    [InlineData(0, 4u, 1u, true)] // Judged at once, not with the next connection.
    [InlineData(0, 5u, 1u, false)]
    [InlineData(0, 1u, 0u, true)]
    public void Configure_OtherThresholds_JudgedAtOnce(uint before, uint upper, uint lower, bool overloaded)
    {
        ServiceBench bench = new("rr");
        bench.Add(2, 1, before, before == 0 ? 0u : 1u);
        Bind(bench[2], 4);
        Assert.Equal(before != 0, bench[2].IsOverloaded);
        bench.Edit(2, 1, upper, lower);
        Assert.Equal(overloaded, bench[2].IsOverloaded);
    }

    [Fact]
    public void CountTemplate_UpperReached_JudgesNothing()
    {
        RealServer server = Server(upper: 2, lower: 1);
        Bind(server, 1);
        server.CountTemplate(1);
        Assert.False(server.IsOverloaded);
        Bind(server, 1);
        server.CountTemplate(-1);
        Assert.True(server.IsOverloaded);
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
