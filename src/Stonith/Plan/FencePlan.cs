namespace HaLvs.Stonith.Plan;

/// <summary>
/// Levels, retries and read-back as a pure step machine: no task, no clock, no device inside. One plan per target. Every device of a level
/// must be read back as off; a device that fails ends its level and the next level begins; after the last level a back-off, then the first again.
/// Unknown is not off (I3).
/// </summary>
public sealed class FencePlan
{
    public FencePlan(FencePlanConfig config, TimeSpan now) => throw new NotImplementedException();

    /// <summary>Starts. Ignored when it runs already.</summary>
    public IReadOnlyList<FenceEffect> Start(TimeSpan now) => throw new NotImplementedException();

    /// <summary>Nothing more is sent to a device after this returns, but for what is already on its way.</summary>
    public IReadOnlyList<FenceEffect> Cancel(TimeSpan now) => throw new NotImplementedException();

    /// <summary>The answer of a device to <see cref="FenceEffect.Command"/>, or its time-out, under the number of that command. Others are ignored.</summary>
    public IReadOnlyList<FenceEffect> DeviceAnswered(ulong command, DeviceAnswer answer, TimeSpan now) => throw new NotImplementedException();

    /// <summary>Time has passed: time-outs, back-off.</summary>
    public IReadOnlyList<FenceEffect> Tick(TimeSpan now) => throw new NotImplementedException();

    public FencePlanStatus Status => throw new NotImplementedException();
}

/// <param name="Levels">In order; each a list of device names. All devices of a level must succeed; levels are alternatives.</param>
public sealed record FencePlanConfig(
    string Target, IReadOnlyList<IReadOnlyList<FenceDeviceLimits>> Levels, TimeSpan BackoffInitial, TimeSpan BackoffMaximum)
{
    /// <summary>Upper bound of one pass through all levels: what the other side waits for in a race (I6).</summary>
    public TimeSpan SlowestPass => throw new NotImplementedException();
}

/// <param name="CommandTimeout">One off or status command.</param>
/// <param name="OffTimeout">From the off command until status must read off; status is polled meanwhile.</param>
public sealed record FenceDeviceLimits(string Device, TimeSpan CommandTimeout, TimeSpan OffTimeout, TimeSpan PollInterval, int Attempts);

public enum DeviceAction { Off, On, Status }

/// <summary>What a device said. Status answers On or Off; Off and On answer Done (believed only after a status). Everything else is Failed (I3).</summary>
public enum DeviceReply { Done, On, Off, Failed }

public sealed record DeviceAnswer(DeviceReply Reply, string Detail);

public abstract record FenceEffect
{
    /// <summary>Send this to the device; answer with DeviceAnswered. For Off the shell asks NodeMachine.MayFire directly before, and cancels instead when it says no.</summary>
    public sealed record Command(ulong Number, string Device, DeviceAction Action) : FenceEffect;

    /// <summary>Every device of the level was read back as off after our command. This is the evidence.</summary>
    public sealed record ConfirmedOff(string Detail) : FenceEffect;

    /// <summary>One pass failed; the plan goes on after the back-off.</summary>
    public sealed record AttemptFailed(string Detail, TimeSpan NextIn) : FenceEffect;

    public sealed record Event(string Text) : FenceEffect;
}

public enum FencePlanState { Idle, Running, BackingOff, Confirmed, Cancelled }

public sealed record FencePlanStatus(FencePlanState State, int FailedPasses, string LastDetail, TimeSpan? NextAttempt);
