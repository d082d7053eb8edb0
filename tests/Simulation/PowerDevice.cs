using HaLvs.Stonith.Plan;

namespace HaLvs.Simulation;

public enum PowerFault { None, Slow, Failing, StaysOn, StatusUnknown, Late }

/// <summary>The power supply of one node and its controller, with the ways in which controllers disappoint. It never reads off while the node has power.</summary>
public sealed class PowerDevice(World world, Func<bool> isOn, Action<string> cut)
{
    public PowerFault Fault { get; set; }

    public TimeSpan FaultSince { get; set; } = TimeSpan.MinValue;

    public void Execute(DeviceAction action, string by, Action<DeviceAnswer> answer)
    {
        var latency = Fault switch
        {
            PowerFault.Slow => world.Chance.Between(300, 900),
            PowerFault.Late => world.Chance.Between(1500, 4000),
            _ => world.Chance.Between(20, 120),
        };
        world.In(latency / 2, () => Act(action, by));
        world.In(latency, () => answer(Answer(action)));
    }

    private void Act(DeviceAction action, string by)
    {
        if (action == DeviceAction.Off && Fault is not (PowerFault.Failing or PowerFault.StaysOn) && isOn()) cut(by);
    }

    private DeviceAnswer Answer(DeviceAction action) => (action, Fault) switch
    {
        (_, PowerFault.Failing) => new DeviceAnswer(DeviceReply.Failed, "no answer"),
        (DeviceAction.Status, PowerFault.StatusUnknown) => new DeviceAnswer(DeviceReply.Failed, "unparsable status"),
        (DeviceAction.Status, _) => new DeviceAnswer(isOn() ? DeviceReply.On : DeviceReply.Off, "read"),
        _ => new DeviceAnswer(DeviceReply.Done, "done"),
    };
}
