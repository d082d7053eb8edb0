using HaLvs.Stonith.Devices;
using HaLvs.Stonith.Devices.Execution;
using HaLvs.Stonith.Plan;
using static HaLvs.Stonith.Tests.Plan.PlanSamples;

namespace HaLvs.Stonith.Tests.Devices.Execution;

public sealed class FenceExecutorTests
{
    [Fact]
    public void Start_HonestDevice_SurfacesConfirmedOffAndNoCommand()
    {
        using var loop = Loop([ScriptedDevice.Answering("bmc", DeviceReply.Done, DeviceReply.Off)]);
        loop.Start(() => true);
        Assert.True(loop.RunUntil(loop.Has<FenceEffect.ConfirmedOff>), loop.Text);
        Assert.False(loop.Has<FenceEffect.Command>());
    }

    [Fact]
    public void Start_MayNotFire_AsksNoDeviceAndSaysCancelled()
    {
        var device = ScriptedDevice.Answering("bmc", DeviceReply.Done, DeviceReply.Off);
        using var loop = Loop([device]);
        loop.Start(() => false);
        Assert.True(loop.Has<FenceEffect.Cancelled>());
        Assert.Equal(FencePlanState.Cancelled, loop.Executor.Status.State);
        loop.RunUntil(() => false, seconds: 0.1);
        Assert.Empty(device.Asked);
    }

    [Fact]
    public void Tick_PeerCameBackDuringTheBackoff_HoldsTheNextShot()
    {
        var device = ScriptedDevice.Answering("bmc", DeviceReply.Failed, DeviceReply.On);
        using var loop = Loop([device]);
        var peerIsBack = false;
        loop.Start(() => !peerIsBack);
        Assert.True(loop.RunUntil(loop.Has<FenceEffect.AttemptFailed>), loop.Text);
        peerIsBack = true;
        var shots = device.Asked.Count;
        Assert.True(loop.RunUntil(loop.Has<FenceEffect.Cancelled>), loop.Text);
        Assert.Equal(shots, device.Asked.Count);
    }

    [Fact]
    public void Cancel_CommandUnderWay_IsStopped()
    {
        var stopped = false;
        using var loop = Loop([new ScriptedDevice("bmc", async (_, cancel) =>
        {
            try { await Task.Delay(Timeout.InfiniteTimeSpan, cancel); }
            finally { stopped = true; }
            return Done;
        })]);
        loop.Start(() => true);
        loop.Cancel();
        Assert.True(loop.RunUntil(() => Volatile.Read(ref stopped)), "the device was not stopped");
        Assert.Single(loop.Effects.OfType<FenceEffect.Cancelled>());
    }

    [Fact]
    public void Start_DeviceHangs_FailsAtTheCommandTimeoutAndTheNextLevelConfirms()
    {
        using var loop = Loop([ScriptedDevice.Hanging("bmc")], [ScriptedDevice.Answering("pdu", DeviceReply.Done, DeviceReply.Off)]);
        loop.Start(() => true);
        Assert.True(loop.RunUntil(loop.Has<FenceEffect.ConfirmedOff>), loop.Text);
        Assert.Contains("no answer within 200 ms", loop.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_DeviceThrows_IsAFailureLikeAnyOther()
    {
        using var loop = Loop([new ScriptedDevice("bmc", (_, _) => throw new InvalidOperationException("broken"))]);
        loop.Start(() => true);
        Assert.True(loop.RunUntil(loop.Has<FenceEffect.AttemptFailed>), loop.Text);
        Assert.Contains("defect in the device's code: InvalidOperationException: broken", loop.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PowerOn_FenceRuns_IsRefused()
    {
        var device = ScriptedDevice.Hanging("bmc");
        using var loop = Loop([device]);
        loop.Start(() => true);
        var results = await loop.Executor.PowerOnAsync(default);
        Assert.Equal(DeviceReply.Failed, Assert.Single(results).Answer.Reply);
        Assert.DoesNotContain(DeviceAction.On, device.Asked);
    }

    [Fact]
    public void Start_PowerOnUnderWay_EndsItBeforeTheOff()
    {
        var onEnded = false;
        var offBeforeOnEnded = false;
        using var loop = Loop([new ScriptedDevice("bmc", async (action, cancel) =>
        {
            if (action == DeviceAction.Off) offBeforeOnEnded = !Volatile.Read(ref onEnded);
            if (action != DeviceAction.On) return action == DeviceAction.Off ? Done : Off;
            try { await Task.Delay(Timeout.InfiniteTimeSpan, cancel); }
            catch (OperationCanceledException) { await Task.Delay(50, CancellationToken.None); }
            Volatile.Write(ref onEnded, true);
            return Done;
        })], command: 5000);
        _ = loop.Executor.PowerOnAsync(default);
        loop.Start(() => true);
        Assert.True(loop.RunUntil(loop.Has<FenceEffect.ConfirmedOff>), loop.Text);
        Assert.False(offBeforeOnEnded);
    }

    private static ExecutorLoop Loop(params IFenceDevice[][] levels) => Loop(levels, 200);

    private static ExecutorLoop Loop(IFenceDevice[] level, double command) => Loop([level], command);

    private static ExecutorLoop Loop(IFenceDevice[][] levels, double command)
    {
        var plan = Levels([.. levels.Select(level => level.Select(device => Device(device.Name, command: command, off: 500, poll: 10)).ToArray())]);
        return new ExecutorLoop(new FenceTarget(plan with { BackoffInitial = Ms(50) }, levels.SelectMany(l => l).ToDictionary(device => device.Name)));
    }
}
