using System.Net;
using System.Net.Sockets;
using HaLvs.Director.Commands;
using HaLvs.Director.Drills.Traffic;

namespace HaLvs.Director.Tests.Drills.Traffic;

public sealed class TrafficRunTests : IDisposable
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private readonly EchoServer _server = new();
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));

    public void Dispose()
    {
        _server.Dispose();
        _deadline.Dispose();
    }

    [Fact]
    public async Task Stop_HealthyServer_NothingLostAndNothingOwed()
    {
        await using TrafficRun run = await StartAsync(connections: 50, probes: TimeSpan.FromMilliseconds(20));
        await UntilAsync(() => run.Snapshot() is { Messages: > 500, NewConnections.Ok: > 10 });

        TrafficReport report = await run.StopAsync();

        Assert.True(report.Clean);
        Assert.Equal((0, 0L, 0L), (report.Lost, report.Corrupted, report.NewConnections.Failed));
        Assert.InRange(report.LongestStallMs, 1, 5_000);
        Assert.Empty(report.LostReasons);
    }

    [Fact]
    public async Task Snapshot_ServerFlipsABit_Corrupted()
    {
        await using TrafficRun run = await StartAsync(connections: 5, probes: Never);
        _server.CorruptNext(3);
        await UntilAsync(() => run.Snapshot().Corrupted >= 3);

        TrafficReport report = await run.StopAsync();

        Assert.False(report.Clean);
        Assert.Equal((3L, 0), (report.Corrupted, report.Lost));
    }

    [Theory]
    [InlineData(true, "receive: ConnectionReset")]
    [InlineData(false, "closed by the other side")]
    public async Task Snapshot_ServerEndsConnections_AllLostWithTheReason(bool reset, string reason)
    {
        await using TrafficRun run = await StartAsync(connections: 8, probes: Never);
        _server.EndAll(reset);
        await UntilAsync(() => run.Snapshot().Lost == 8);

        TrafficReport report = await run.StopAsync();

        Assert.False(report.Clean);
        Assert.Equal(8, report.LostReasons.Sum(r => r.Count));
        Assert.Contains(report.LostReasons, r => r.Reason == reason || r.Reason.StartsWith("send: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_ServerStalledAndCameBack_KeptWithTheStallMeasured()
    {
        await using TrafficRun run = await StartAsync(connections: 10, probes: TimeSpan.FromMilliseconds(20));
        await UntilAsync(() => run.Snapshot().NewConnections.Ok > 3);
        _server.Stall();
        await Task.Delay(400, _deadline.Token);
        _server.Resume();
        long messages = run.Snapshot().Messages;
        await UntilAsync(() => run.Snapshot().Messages > messages + 200);

        TrafficReport report = await run.StopAsync();

        Assert.Equal((0, 0L), (report.Lost, report.Corrupted));
        Assert.InRange(report.LongestStallMs, 350, 20_000);
        Assert.Contains(report.Gaps, g => g.Ms > 300);
        Assert.InRange(report.NewConnections.LongestGapMs, 300, 20_000);
    }

    [Fact]
    public async Task Stop_ServerSilentForTwoSeconds_Lost()
    {
        await using TrafficRun run = await StartAsync(connections: 3, probes: TimeSpan.FromMilliseconds(20));
        _server.Stall();
        long messages = 0;
        await UntilAsync(() => messages == (messages = run.Snapshot().Messages));
        await Task.Delay(100, _deadline.Token);

        TrafficReport report = await run.StopAsync();

        Assert.Equal(3, report.Lost);
        Assert.Equal("no answer in the last 2 s", Assert.Single(report.LostReasons).Reason);
        Assert.True(report.Gaps[^1].ToMonotonicMs == report.EndedMonotonicMs);
    }

    [Fact]
    public async Task Start_NobodyListens_OneClearLine()
    {
        using Socket closed = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        TrafficOptions options = new((IPEndPoint)closed.LocalEndPoint!, TrafficProtocol.Echo, 2, TimeSpan.FromMilliseconds(20), Never);

        OperatorException e = await Assert.ThrowsAsync<OperatorException>(() => TrafficRun.StartAsync(options, _deadline.Token));

        Assert.StartsWith($"traffic: cannot connect to {options.Target}: Connection refused", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_MoreThanTheOpenFileLimit_SaysSoBeforeConnecting()
    {
        OperatorException e = await Assert.ThrowsAsync<OperatorException>(() => StartAsync(connections: 2_000_000_000, probes: Never));

        Assert.Contains("open files", e.Message, StringComparison.Ordinal);
    }

    private Task<TrafficRun> StartAsync(int connections, TimeSpan probes) => TrafficRun.StartAsync(
        new TrafficOptions(_server.EndPoint, TrafficProtocol.Echo, connections, TimeSpan.FromMilliseconds(20), probes), _deadline.Token);

    private async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(10, _deadline.Token);
        }
    }
}
