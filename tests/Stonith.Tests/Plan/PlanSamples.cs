using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Tests.Plan;

/// <summary>Short ways to write plans and answers.</summary>
internal static class PlanSamples
{
    public static readonly DeviceAnswer Done = new(DeviceReply.Done, "accepted");
    public static readonly DeviceAnswer Off = new(DeviceReply.Off, "power is off");
    public static readonly DeviceAnswer On = new(DeviceReply.On, "power is on");
    public static readonly DeviceAnswer Unreachable = DeviceAnswer.Failed("unreachable");

    public static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    public static FenceDeviceLimits Device(string name, int attempts = 1, double command = 1000, double off = 2000, double poll = 50) =>
        new(name, Ms(command), Ms(off), Ms(poll), attempts);

    public static FencePlanConfig Levels(params FenceDeviceLimits[][] levels) =>
        new("director-a", levels, Ms(500), Ms(3000));

    /// <summary>Takes the off, and reads off from the given time after it.</summary>
    public static Func<FenceEffect.Command, TimeSpan, (TimeSpan, DeviceAnswer)?> Honest(double offAfter = 0, double latency = 20)
    {
        TimeSpan? offAt = null;
        return (command, now) =>
        {
            if (command.Action == DeviceAction.Off)
            {
                offAt ??= now + Ms(offAfter);
                return (Ms(latency), Done);
            }
            return (Ms(latency), offAt is { } at && now >= at ? Off : On);
        };
    }

    public static Func<FenceEffect.Command, TimeSpan, (TimeSpan, DeviceAnswer)?> Always(DeviceAnswer off, DeviceAnswer status, double latency = 20) =>
        (command, _) => (Ms(latency), command.Action == DeviceAction.Off ? off : status);
}
