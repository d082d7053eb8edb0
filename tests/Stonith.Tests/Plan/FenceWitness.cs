using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Tests.Plan;

/// <summary>Watches commands and answers from outside, knows nothing of the plan's inside, and judges its confirmation by the promise alone.</summary>
internal sealed class FenceWitness
{
    private readonly FencePlanConfig _config;
    private readonly PlanRig _rig;
    private readonly List<(ulong Command, DeviceReply Reply, TimeSpan At)> _answers = [];

    public FenceWitness(FencePlanConfig config, PlanRig rig)
    {
        (_config, _rig) = (config, rig);
        rig.OnAnswer = (command, answer) => _answers.Add((command, answer.Reply, rig.Now));
    }

    public void Check(int seed)
    {
        var confirmations = _rig.All<FenceEffect.ConfirmedOff>().ToList();
        Assert.True(confirmations.Count <= 1, $"seed {seed}: confirmed twice");
        if (confirmations.Count == 0) return;
        var at = confirmations[0].At;
        Assert.True(_config.Levels.Any(level => level.All(device => ReadOffAfterOurOff(device, at))), $"seed {seed}: confirmed without evidence");
        Assert.True(_rig.Log[^1].Effect is FenceEffect.ConfirmedOff, $"seed {seed}: something was sent after the confirmation");
    }

    /// <summary>The last off to this device was answered Done in time, and a status sent after it was answered Off in time.</summary>
    private bool ReadOffAfterOurOff(FenceDeviceLimits device, TimeSpan confirmedAt)
    {
        var sent = _rig.All<FenceEffect.Command>().Where(c => c.Effect.Device == device.Device).ToList();
        var off = sent.LastOrDefault(c => c.Effect.Action == DeviceAction.Off);
        return off.Effect is not null && InTime(off, DeviceReply.Done)
            && sent.Exists(c => c.Effect.Action == DeviceAction.Status && c.Effect.Number > off.Effect.Number && InTime(c, DeviceReply.Off));

        bool InTime((TimeSpan At, FenceEffect.Command Effect) command, DeviceReply reply) =>
            _answers.Exists(a => a.Command == command.Effect.Number && a.Reply == reply && a.At < command.At + device.CommandTimeout && a.At <= confirmedAt);
    }
}
