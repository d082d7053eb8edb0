using HaLvs.Stonith.Plan;
using static HaLvs.Stonith.Tests.Plan.PlanSamples;

namespace HaLvs.Stonith.Tests.Plan;

public sealed class FencePlanConfigTests
{
    public static TheoryData<string, FencePlanConfig> Impossible => new()
    {
        { "no level", Levels() },
        { "a level without a device confirms by doing nothing", Levels([Device("bmc")], []) },
        { "device twice", Levels([Device("bmc"), Device("bmc")]) },
        { "nameless device", Levels([Device(" ")]) },
        { "no attempt", Levels([Device("bmc", attempts: 0)]) },
        { "no command time", Levels([Device("bmc", command: 0)]) },
        { "no off time", Levels([Device("bmc", off: 0)]) },
        { "polls without pause", Levels([Device("bmc", poll: 0)]) },
        { "no target", Levels([Device("bmc")]) with { Target = "" } },
        { "spins", Levels([Device("bmc")]) with { BackoffInitial = TimeSpan.Zero } },
        { "maximum below initial", Levels([Device("bmc")]) with { BackoffMaximum = Ms(1) } },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void FencePlan_ImpossibleConfig_Throws(string why, FencePlanConfig config)
    {
        Assert.NotEmpty(why);
        Assert.ThrowsAny<ArgumentException>(() => new FencePlan(config, TimeSpan.Zero));
    }

    /// <summary>The bound is reached: off answers late enough, every reading says on, the last one never answers.</summary>
    [Fact]
    public void SlowestPass_SlowestPossibleDevices_IsReachedExactly()
    {
        var config = Levels(
            [Device("fast"), Device("bmc", attempts: 2, command: 1000, off: 3000, poll: 100)],
            [Device("pdu", attempts: 3, command: 2000, off: 500, poll: 250)]);
        var slowest = new Dictionary<string, FenceDeviceLimits>(StringComparer.Ordinal);
        foreach (var limits in config.Levels.SelectMany(level => level)) slowest[limits.Device] = limits;
        var offAt = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);

        var rig = new PlanRig(config, (command, now) =>
        {
            var limits = slowest[command.Device];
            if (command.Device == "fast") return (Ms(1), command.Action == DeviceAction.Off ? Done : Off);
            if (command.Action == DeviceAction.Off) offAt[command.Device] = now;
            if (command.Action == DeviceAction.Off) return (limits.CommandTimeout - Ms(0.001), Done);
            return now - offAt[command.Device] >= limits.OffTimeout ? null : (Ms(10), On);
        });
        rig.Start();
        rig.RunUntil(config.SlowestPass + Ms(1));

        var (at, _) = Assert.Single(rig.All<FenceEffect.AttemptFailed>());
        Assert.InRange(at, config.SlowestPass - Ms(0.01), config.SlowestPass);
        Assert.Equal(Ms((2 * (3000 + 1000)) + 100 + (3 * (2000 + 2000)) + (2 * 250)), config.SlowestPass);
    }
}
