using HaLvs.Stonith.Devices;
using HaLvs.Stonith.Devices.Execution;
using HaLvs.Stonith.Plan;
using static HaLvs.Stonith.Tests.Plan.PlanSamples;

namespace HaLvs.Stonith.Tests.Devices.Execution;

public sealed class FenceTargetTests
{
    [Theory]
    [InlineData(DeviceReply.Off, DeviceReply.Off, DeviceReply.Off, false)]
    [InlineData(DeviceReply.Off, DeviceReply.Off, DeviceReply.Failed, false)]
    [InlineData(DeviceReply.Failed, DeviceReply.Failed, DeviceReply.Off, false)]
    [InlineData(DeviceReply.Off, DeviceReply.On, DeviceReply.Off, true)]
    [InlineData(DeviceReply.Failed, DeviceReply.Failed, DeviceReply.On, true)]
    [InlineData(DeviceReply.Off, DeviceReply.Failed, DeviceReply.Failed, null)]
    [InlineData(DeviceReply.Failed, DeviceReply.Failed, DeviceReply.Failed, null)]
    [InlineData(DeviceReply.Off, DeviceReply.Done, DeviceReply.Failed, null)]
    public async Task ReadPower_Readings_AreOffOnlyWhenAWholeLevelIsOffAndNoneIsOn(DeviceReply pdu1, DeviceReply pdu2, DeviceReply bmc, bool? expected)
    {
        var devices = new[] { ("pdu-1", pdu1), ("pdu-2", pdu2), ("bmc", bmc) }.ToDictionary(
            entry => entry.Item1, entry => (IFenceDevice)ScriptedDevice.Answering(entry.Item1, DeviceReply.Done, entry.Item2));
        var target = new FenceTarget(Levels([Device("pdu-1"), Device("pdu-2")], [Device("bmc")]), devices);
        Assert.Equal(expected, (await target.ReadPowerAsync(default)).On);
    }

    [Fact]
    public async Task TestAll_OneDeviceHangs_TheOthersAnswerAndItTimesOut()
    {
        var devices = new Dictionary<string, IFenceDevice>
        {
            ["bmc"] = ScriptedDevice.Answering("bmc", DeviceReply.Done, DeviceReply.Done),
            ["pdu"] = ScriptedDevice.Hanging("pdu"),
        };
        var target = new FenceTarget(Levels([Device("bmc")], [Device("pdu", command: 100)]), devices);
        var results = await target.TestAllAsync(default);
        Assert.Equal([(1, "bmc", DeviceReply.Done), (2, "pdu", DeviceReply.Failed)], results.Select(r => (r.Level, r.Device, r.Answer.Reply)));
        Assert.Equal("no answer within 100 ms, stopped", results[1].Answer.Detail);
    }

    [Fact]
    public void FenceTarget_PlanNamesAnUnknownDevice_Throws() =>
        Assert.Throws<ArgumentException>(() => new FenceTarget(Levels([Device("bmc")]), new Dictionary<string, IFenceDevice>()));

    [Fact]
    public void Create_EntriesOfTwoLevels_AreOrderedAndAlikeOnesGetNamesOfTheirOwn()
    {
        var manual = new FenceDeviceConfig { Target = "director-a", Type = "manual", Level = 7 };
        var agent = new FenceDeviceConfig { Target = "director-a", Type = "agent", Program = "fence_apc", Address = "192.0.2.9", Level = 2 };
        var target = FenceTarget.Create("director-a", [manual, agent, agent], Ms(500), Ms(3000));
        Assert.Equal(["agent fence_apc 192.0.2.9", "agent fence_apc 192.0.2.9 #2"], target.Plan.Levels[0].Select(limits => limits.Device));
        Assert.Equal("manual", Assert.Single(target.Plan.Levels[1]).Device);
    }

    [Fact]
    public void Create_ManualLevelAfterAnother_HardlyStretchesTheSlowestPass()
    {
        var agent = new FenceDeviceConfig { Target = "director-a", Type = "agent", Program = "fence_apc" };
        var manual = new FenceDeviceConfig { Target = "director-a", Type = "manual", Level = 2 };
        var alone = FenceTarget.Create("director-a", [agent], Ms(500), Ms(3000)).Plan.SlowestPass;
        Assert.Equal(alone + TimeSpan.FromSeconds(2), FenceTarget.Create("director-a", [agent, manual], Ms(500), Ms(3000)).Plan.SlowestPass);
    }

    [Fact]
    public void Create_NoEntry_Throws() =>
        Assert.Throws<ArgumentException>(() => FenceTarget.Create("director-a", [], Ms(500), Ms(3000)));
}
