using HaLvs.Stonith.Plan;
using static HaLvs.Stonith.Tests.Plan.PlanSamples;

namespace HaLvs.Stonith.Tests.Plan;

/// <summary>Random plans against random devices (slow, lying, flapping, failing, late, dead) on virtual time. A seed reproduces a run.</summary>
public sealed class FencePlanPropertyTests
{
    private const int Seeds = 2000;

    [Fact]
    public void RandomDevices_ConfirmedOnlyAfterEveryDeviceOfOneLevelReadOffAfterOurOff()
    {
        var (confirmed, unconfirmed) = (0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var world = new RandomWorld(seed);
            world.Rig.Start();
            world.Rig.RunUntil(Ms(60_000));
            world.Witness.Check(seed);
            if (world.Rig.Plan.Status.State == FencePlanState.Confirmed) confirmed++; else unconfirmed++;
        }
        // Both ends must have been seen, or the devices were not random enough.
        Assert.InRange(confirmed, Seeds / 10, Seeds);
        Assert.InRange(unconfirmed, Seeds / 100, Seeds);
    }

    [Fact]
    public void RandomDevices_NothingIsSentAfterCancel()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var world = new RandomWorld(seed);
            world.Rig.Start();
            world.Rig.RunUntil(Ms(new Random(seed).Next(0, 5000)));
            var commands = world.Rig.Commands.Count();
            world.Rig.Cancel();
            world.Rig.RunUntil(Ms(60_000));
            Assert.True(commands == world.Rig.Commands.Count(), $"seed {seed}: a command after the cancel");
            Assert.Null(world.Rig.Plan.NextTick);
        }
    }

    [Fact]
    public void RandomDevices_EveryPassEndsWithinItsBoundAndIsFollowedByAnother()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var world = new RandomWorld(seed);
            world.Rig.Start();
            world.Rig.RunUntil(Ms(60_000));
            AssertPassesBounded(world, seed);
        }
    }

    private static void AssertPassesBounded(RandomWorld world, int seed)
    {
        var passStart = TimeSpan.Zero;
        foreach (var (at, failed) in world.Rig.All<FenceEffect.AttemptFailed>())
        {
            Assert.True(at - passStart <= world.Config.SlowestPass, $"seed {seed}: a pass took {at - passStart}, bound {world.Config.SlowestPass}");
            passStart = at + failed.NextIn;
        }
        // Unconfirmed: the pass that should be running began, unless its time is not there yet.
        if (world.Rig.Plan.Status.State == FencePlanState.Confirmed || passStart > world.Rig.Now) return;
        Assert.True(world.Rig.Now - passStart <= world.Config.SlowestPass, $"seed {seed}: no end of the pass that began at {passStart}");
        Assert.True(passStart == TimeSpan.Zero || world.Rig.Log.Exists(entry => entry.At == passStart && entry.Effect is FenceEffect.Command), $"seed {seed}: no pass after the back-off");
    }
}
