using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Devices;

/// <summary>
/// A human with a hand on the plug. It can prove nothing by itself: every action fails with what the operator has to do, so that its level never
/// succeeds and the plan goes round by its back-off. The confirmation itself is evidence of its own (I2 c) and belongs to the role machine.
/// </summary>
public sealed class ManualDevice(string target) : IFenceDevice
{
    public string Name => "manual";

    public Task<DeviceAnswer> ExecuteAsync(DeviceAction action, CancellationToken cancel) =>
        Task.FromResult(DeviceAnswer.Failed($"waiting for an operator: make sure that {target} is off, then: halvs fence {target} --confirm"));

    public Task<DeviceAnswer> TestAsync(CancellationToken cancel) =>
        Task.FromResult(new DeviceAnswer(DeviceReply.Done, $"nothing to test: an operator confirms with halvs fence {target} --confirm"));
}
