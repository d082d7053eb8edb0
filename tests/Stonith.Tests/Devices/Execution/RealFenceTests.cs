using System.Diagnostics;
using HaLvs.Stonith.Devices.Execution;
using HaLvs.Stonith.Plan;
using Xunit.Abstractions;
using static HaLvs.Stonith.Tests.Plan.PlanSamples;

namespace HaLvs.Stonith.Tests.Devices.Execution;

/// <summary>Plan, executor, ipmitool and a real controller together.</summary>
public sealed class RealFenceTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Fence_RealController_ConfirmsOffAndTellsItsTime()
    {
        using var controller = await IpmiSimulator.StartAsync();
        using var loop = new ExecutorLoop(Target(controller));
        var times = new List<double>();
        for (var run = 0; run < 5; run++)
        {
            loop.Effects.Clear();
            Assert.Equal(DeviceReply.Done, Assert.Single(await loop.Executor.PowerOnAsync(default)).Answer.Reply);
            Assert.True(controller.IsOn);
            var clock = Stopwatch.StartNew();
            loop.Start(() => true);
            Assert.True(loop.RunUntil(loop.Has<FenceEffect.ConfirmedOff>), loop.Text);
            times.Add(clock.Elapsed.TotalMilliseconds);
            Assert.False(controller.IsOn);
        }
        output.WriteLine($"off to confirmed with ipmitool and ipmi_sim, ms: {string.Join(", ", times.Select(time => time.ToString("0")))}");
        output.WriteLine(loop.Text);
    }

    [Fact]
    public async Task Fence_ControllerLies_NeverConfirms()
    {
        using var controller = await IpmiSimulator.StartAsync(onSet: ":");
        using var loop = new ExecutorLoop(Target(controller, offSeconds: 0.5));
        loop.Start(() => true);
        Assert.True(loop.RunUntil(() => loop.Executor.Status.FailedPasses >= 2), loop.Text);
        Assert.False(loop.Has<FenceEffect.ConfirmedOff>());
        Assert.Contains("not off within 500 ms, last reading: on", loop.Executor.Status.LastDetail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fence_PowerFallsSlowly_ConfirmsOnlyWhenItIsDown()
    {
        using var controller = await IpmiSimulator.StartAsync(onSet: "(sleep 0.7; echo $2 > $S) >/dev/null 2>&1 </dev/null &");
        using var loop = new ExecutorLoop(Target(controller));
        var clock = Stopwatch.StartNew();
        loop.Start(() => true);
        Assert.True(loop.RunUntil(loop.Has<FenceEffect.ConfirmedOff>), loop.Text);
        Assert.False(controller.IsOn);
        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(0.7), $"confirmed after {clock.Elapsed}");
    }

    [Fact]
    public async Task ReadPower_RealController_ReadsBothStates()
    {
        using var controller = await IpmiSimulator.StartAsync();
        var target = Target(controller);
        Assert.Equal(true, (await target.ReadPowerAsync(default)).On);
        await target.ExecuteAsync(target.Plan.Levels[0][0].Device, DeviceAction.Off, default);
        Assert.Equal(false, (await target.ReadPowerAsync(default)).On);
    }

    private static FenceTarget Target(IpmiSimulator controller, double offSeconds = 10) =>
        FenceTarget.Create("director-a", [controller.Config() with { OffTimeout = TimeSpan.FromSeconds(offSeconds) }], Ms(100), Ms(1000));
}
