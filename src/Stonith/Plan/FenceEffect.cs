namespace HaLvs.Stonith.Plan;

/// <summary>One way out of the plan: an ordered list. Each text states the shell's duty.</summary>
public abstract record FenceEffect
{
    /// <summary>Send this to the device; answer with DeviceAnswered. For Off the shell asks NodeMachine.MayFire directly before, and cancels instead when it says no.</summary>
    public sealed record Command(ulong Number, string Device, DeviceAction Action) : FenceEffect;

    /// <summary>Every device of the level was read back as off after our command. This is the evidence.</summary>
    public sealed record ConfirmedOff(string Detail) : FenceEffect;

    /// <summary>One pass failed; the plan goes on after the back-off.</summary>
    public sealed record AttemptFailed(string Detail, TimeSpan NextIn) : FenceEffect;

    /// <summary>The run was cancelled; no command follows until the next Start.</summary>
    public sealed record Cancelled(string Detail) : FenceEffect;

    /// <summary>For the event log: device, action, reply, duration.</summary>
    public sealed record Event(string Text) : FenceEffect;
}
