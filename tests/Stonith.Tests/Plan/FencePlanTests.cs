using HaLvs.Stonith.Plan;
using static HaLvs.Stonith.Tests.Plan.PlanSamples;

namespace HaLvs.Stonith.Tests.Plan;

public sealed class FencePlanTests
{
    [Fact]
    public void Start_HonestDevice_ConfirmsAfterOffAndOneReading()
    {
        var rig = new PlanRig(Levels([Device("bmc")]), Honest());
        rig.Start();
        rig.RunUntil(Ms(5000));

        Assert.Equal([DeviceAction.Off, DeviceAction.Status], rig.Commands.Select(c => c.Action));
        Assert.Equal(Ms(40), Assert.Single(rig.All<FenceEffect.ConfirmedOff>()).At);
        Assert.Equal(FencePlanState.Confirmed, rig.Plan.Status.State);
        Assert.Null(rig.Plan.NextTick);
    }

    [Fact]
    public void Start_DeviceOffAlready_StillSendsOffFirst()
    {
        var rig = new PlanRig(Levels([Device("bmc")]), Always(Done, Off));
        rig.Start();
        Assert.Equal([DeviceAction.Off], rig.Commands.Select(c => c.Action));
        rig.RunUntil(Ms(100));
        Assert.Single(rig.All<FenceEffect.ConfirmedOff>());
    }

    [Fact]
    public void Start_RunningAlready_IsIgnored()
    {
        var rig = new PlanRig(Levels([Device("bmc")]), (_, _) => null);
        rig.Start();
        rig.Start();
        Assert.Single(rig.Commands);
    }

    [Fact]
    public void Status_ReadsOnAtFirst_IsPolledUntilOff()
    {
        var rig = new PlanRig(Levels([Device("bmc", poll: 50)]), Honest(offAfter: 400));
        rig.Start();
        rig.RunUntil(Ms(5000));
        var (at, _) = Assert.Single(rig.All<FenceEffect.ConfirmedOff>());
        Assert.InRange(at, Ms(400), Ms(400 + 50 + 20 + 20));
    }

    [Fact]
    public void Status_ReadsOnForever_FailsAtTheOffTimeoutAndNeverConfirms()
    {
        var rig = new PlanRig(Levels([Device("bmc", off: 2000)]), Always(Done, On));
        rig.Start();
        rig.RunUntil(Ms(60_000));
        Assert.Empty(rig.All<FenceEffect.ConfirmedOff>());
        var (at, failed) = rig.All<FenceEffect.AttemptFailed>().First();
        Assert.InRange(at, Ms(2000), Ms(2020));
        Assert.Equal("level 1: bmc: not off within 2 s, last reading: on", failed.Detail);
    }

    [Fact]
    public void Status_FailsOnceThenReadsOff_Confirms()
    {
        var readings = 0;
        var rig = new PlanRig(Levels([Device("bmc")]), (command, _) =>
            (Ms(20), command.Action == DeviceAction.Off ? Done : readings++ == 0 ? Unreachable : Off));
        rig.Start();
        rig.RunUntil(Ms(1000));
        Assert.Equal(Ms(20 + 20 + 50 + 20), Assert.Single(rig.All<FenceEffect.ConfirmedOff>()).At);
    }

    [Theory]
    [InlineData(DeviceReply.Done)]
    [InlineData(DeviceReply.Failed)]
    [InlineData((DeviceReply)99)]
    public void Status_AnythingButOff_IsUnknown(DeviceReply reply)
    {
        var rig = new PlanRig(Levels([Device("bmc")]), Always(Done, new DeviceAnswer(reply, "odd")));
        rig.Start();
        rig.RunUntil(Ms(20_000));
        Assert.Empty(rig.All<FenceEffect.ConfirmedOff>());
        Assert.Contains("unknown (odd)", rig.Plan.Status.LastDetail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DeviceReply.Off)]
    [InlineData(DeviceReply.On)]
    [InlineData(DeviceReply.Failed)]
    public void Off_AnsweredByAnythingButDone_IsAFailureWithoutAReading(DeviceReply reply)
    {
        var rig = new PlanRig(Levels([Device("bmc")]), Always(new DeviceAnswer(reply, "odd"), Off));
        rig.Start();
        rig.RunUntil(Ms(100));
        Assert.Single(rig.All<FenceEffect.AttemptFailed>());
        Assert.DoesNotContain(rig.Commands, c => c.Action == DeviceAction.Status);
    }

    [Fact]
    public void Off_NoAnswer_FailsAtTheCommandTimeoutAndTheLateAnswerIsIgnored()
    {
        var rig = new PlanRig(Levels([Device("bmc", command: 1000)]), (command, _) => (Ms(1200), command.Action == DeviceAction.Off ? Done : Off));
        rig.Start();
        rig.RunUntil(Ms(1400));
        Assert.Equal(Ms(1000), Assert.Single(rig.All<FenceEffect.AttemptFailed>()).At);
        Assert.DoesNotContain(rig.Commands, c => c.Action == DeviceAction.Status);
    }

    [Fact]
    public void DeviceAnswered_AfterTheLoopSleptThroughTheTimeout_IsExpiredEvidence()
    {
        var plan = new FencePlan(Levels([Device("bmc", command: 1000)]), TimeSpan.Zero);
        var off = Assert.Single(plan.Start(TimeSpan.Zero).OfType<FenceEffect.Command>());
        var status = Assert.Single(plan.DeviceAnswered(off.Number, Done, Ms(20)).OfType<FenceEffect.Command>());
        var effects = plan.DeviceAnswered(status.Number, Off, Ms(600_000));
        Assert.DoesNotContain(effects, effect => effect is FenceEffect.ConfirmedOff);
    }

    [Fact]
    public void Attempts_DeviceFails_IsTriedAgainOnTheSameLevelFirst()
    {
        var rig = new PlanRig(Levels([Device("bmc", attempts: 3)], [Device("pdu")]), Always(Unreachable, On));
        rig.Start();
        rig.RunUntil(Ms(400));
        Assert.Equal(["bmc", "bmc", "bmc", "pdu"], rig.Commands.Select(c => c.Device));
    }

    [Fact]
    public void Levels_FirstFails_SecondConfirms()
    {
        var rig = new PlanRig(Levels([Device("bmc")], [Device("pdu")]), (command, _) => command.Device == "bmc"
            ? (Ms(20), Unreachable)
            : (Ms(20), command.Action == DeviceAction.Off ? Done : Off));
        rig.Start();
        rig.RunUntil(Ms(1000));
        Assert.Equal(Ms(60), Assert.Single(rig.All<FenceEffect.ConfirmedOff>()).At);
        Assert.Empty(rig.All<FenceEffect.AttemptFailed>());
    }

    [Fact]
    public void Level_TwoDevices_AreSwitchedAtTheSameTimeAndBothMustReadOff()
    {
        var rig = new PlanRig(Levels([Device("pdu-1"), Device("pdu-2")]), (command, now) => command switch
        {
            { Action: DeviceAction.Off } => (Ms(20), Done),
            { Device: "pdu-1" } => (Ms(20), Off),
            _ => (Ms(20), now >= Ms(1000) ? Off : On),
        });
        rig.Start();
        Assert.Equal(["pdu-1", "pdu-2"], rig.Commands.Select(c => c.Device));
        rig.RunUntil(Ms(5000));
        Assert.InRange(Assert.Single(rig.All<FenceEffect.ConfirmedOff>()).At, Ms(1000), Ms(1100));
    }

    [Fact]
    public void Level_OneDeviceFails_TheOtherDevicesAnswerNoLongerMatters()
    {
        var rig = new PlanRig(Levels([Device("pdu-1"), Device("pdu-2")]), (command, _) =>
            command.Device == "pdu-1" ? (Ms(20), Unreachable) : (Ms(100), command.Action == DeviceAction.Off ? Done : Off));
        rig.Start();
        var second = rig.Commands.Last();
        Assert.True(rig.Plan.Awaits(second.Number));
        rig.RunUntil(Ms(200));
        Assert.False(rig.Plan.Awaits(second.Number));
        Assert.Empty(rig.All<FenceEffect.ConfirmedOff>());
    }

    [Fact]
    public void Backoff_EveryPassFails_DoublesToTheMaximumAndGoesOnForever()
    {
        var rig = new PlanRig(Levels([Device("bmc")]), Always(Unreachable, On));
        rig.Start();
        rig.RunUntil(TimeSpan.FromHours(1));
        var pauses = rig.All<FenceEffect.AttemptFailed>().Select(entry => entry.Effect.NextIn).ToList();
        Assert.Equal([Ms(500), Ms(1000), Ms(2000), Ms(3000), Ms(3000)], pauses.Take(5));
        Assert.InRange(pauses.Count, 1100, 1210);
        Assert.Equal(pauses.Count, rig.Plan.Status.FailedPasses);
    }

    [Fact]
    public void Status_BackingOff_TellsTheNextAttempt()
    {
        var rig = new PlanRig(Levels([Device("bmc")]), Always(Unreachable, On));
        rig.Start();
        rig.RunUntil(Ms(100));
        Assert.Equal(new FencePlanStatus(FencePlanState.BackingOff, 1, "level 1: bmc: off failed: unreachable", Ms(520)), rig.Plan.Status);
    }

    [Fact]
    public void Cancel_Running_SendsNothingMoreWhateverArrives()
    {
        var rig = new PlanRig(Levels([Device("bmc")]), Honest());
        rig.Start();
        rig.Cancel();
        rig.RunUntil(Ms(60_000));
        Assert.Single(rig.Commands);
        Assert.Single(rig.All<FenceEffect.Cancelled>());
        Assert.Empty(rig.All<FenceEffect.ConfirmedOff>());
        Assert.Equal(FencePlanState.Cancelled, rig.Plan.Status.State);
    }

    [Fact]
    public void Cancel_BackingOff_StaysCancelled()
    {
        var rig = new PlanRig(Levels([Device("bmc")]), Always(Unreachable, On));
        rig.Start();
        rig.RunUntil(Ms(100));
        rig.Cancel();
        rig.RunUntil(Ms(60_000));
        Assert.Single(rig.Commands);
    }

    [Fact]
    public void Cancel_NothingRuns_IsIgnored()
    {
        var rig = new PlanRig(Levels([Device("bmc")]), Honest());
        rig.Cancel();
        Assert.Equal(FencePlanState.Idle, rig.Plan.Status.State);
        rig.Start();
        rig.RunUntil(Ms(1000));
        rig.Cancel();
        Assert.Equal(FencePlanState.Confirmed, rig.Plan.Status.State);
        Assert.Empty(rig.All<FenceEffect.Cancelled>());
    }

    [Fact]
    public void Start_AfterConfirmed_NeedsEvidenceOfItsOwn()
    {
        var plan = new FencePlan(Levels([Device("bmc")]), TimeSpan.Zero);
        var off = Assert.Single(plan.Start(TimeSpan.Zero).OfType<FenceEffect.Command>());
        var status = Assert.Single(plan.DeviceAnswered(off.Number, Done, Ms(20)).OfType<FenceEffect.Command>());
        Assert.Contains(plan.DeviceAnswered(status.Number, Off, Ms(40)), effect => effect is FenceEffect.ConfirmedOff);

        var again = Assert.Single(plan.Start(Ms(50)).OfType<FenceEffect.Command>());
        Assert.Equal(DeviceAction.Off, again.Action);
        Assert.True(again.Number > status.Number);
        Assert.Empty(plan.DeviceAnswered(status.Number, Off, Ms(60)));
    }

    [Fact]
    public void Events_OfARun_TellDeviceActionReplyAndDuration()
    {
        var rig = new PlanRig(Levels([Device("bmc")]), Honest(offAfter: 100));
        rig.Start();
        rig.RunUntil(Ms(1000));
        Assert.Equal(
        [
            "fence director-a: level 1 of 1: off to bmc",
            "fence director-a: bmc off: done after 20 ms (accepted)",
            "fence director-a: bmc status: on after 20 ms (power is on)",
            "fence director-a: bmc status: off after 20 ms (power is off)",
        ], rig.All<FenceEffect.Event>().Select(entry => entry.Effect.Text));
        Assert.Equal("bmc read off 180 ms after the off command (level 1, 180 ms after the start)",
            Assert.Single(rig.All<FenceEffect.ConfirmedOff>()).Effect.Detail);
    }

    [Fact]
    public void DeviceAnswered_CommandNeverGiven_Throws()
    {
        var plan = new FencePlan(Levels([Device("bmc")]), TimeSpan.Zero);
        Assert.Throws<ArgumentOutOfRangeException>(() => plan.DeviceAnswered(1, Off, TimeSpan.Zero));
    }

    [Fact]
    public void Tick_TimeRunsBackwards_Throws()
    {
        var plan = new FencePlan(Levels([Device("bmc")]), Ms(10));
        Assert.Throws<InvalidOperationException>(() => plan.Tick(Ms(9)));
    }
}
