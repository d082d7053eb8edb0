using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Devices.Execution;

/// <summary>
/// The shell around one fence plan. The node's loop thread owns it: every public member is called there, and every answer of a device comes back
/// there, through <c>post</c> (called from the thread pool) and <see cref="Answered"/>. What is returned is for the caller to act on, in order:
/// ConfirmedOff, AttemptFailed, Cancelled, Event. Commands never come out: they are carried out here, and a command whose answer no longer
/// matters is killed.
/// </summary>
public sealed class FenceExecutor(FencePlan plan, FenceTarget target, Action<FenceExecutorInput> post) : IDisposable
{
    private readonly Dictionary<ulong, CancellationTokenSource> _underWay = [];
    private readonly CancellationTokenSource _closing = new();
    private Func<bool> _mayFire = () => false;
    private CancellationTokenSource? _powerOnCancel;
    private Task _powerOn = Task.CompletedTask;

    public FencePlanStatus Status => plan.Status;

    /// <summary>Call <see cref="Tick"/> by then; null: nothing is due.</summary>
    public TimeSpan? NextTick => plan.NextTick;

    /// <summary>Starts the plan; ignored when it runs. A power-on that is under way is stopped, and every off waits until it has ended.</summary>
    /// <param name="mayFire">NodeMachine.MayFire of this request. Asked on the loop thread directly before every off; false cancels the plan.</param>
    public IReadOnlyList<FenceEffect> Start(Func<bool> mayFire, TimeSpan now)
    {
        if (plan.Status.State is FencePlanState.Running or FencePlanState.BackingOff) return [];
        _mayFire = mayFire;
        _ = _powerOnCancel?.CancelAsync();
        return CarryOut(plan.Start(now), now);
    }

    /// <summary>Ends with Cancelled, or with nothing when nothing ran. What is under way is killed; what a device took already it will do.</summary>
    public IReadOnlyList<FenceEffect> Cancel(TimeSpan now) => CarryOut(plan.Cancel(now), now);

    public IReadOnlyList<FenceEffect> Tick(TimeSpan now) => CarryOut(plan.Tick(now), now);

    public IReadOnlyList<FenceEffect> Answered(FenceExecutorInput input, TimeSpan now)
    {
        if (_underWay.Remove(input.Command, out var ended)) ended.Dispose();
        return CarryOut(plan.DeviceAnswered(input.Command, input.Answer, now), now);
    }

    /// <summary>
    /// Powers the target on, after a repair or in a drill: every device, the last level first. Refused while a fence runs (Failed for every device). The
    /// caller must know that the target may come up: evidence that it is off ends here.
    /// </summary>
    public Task<IReadOnlyList<DeviceResult>> PowerOnAsync(CancellationToken cancel)
    {
        if (plan.Status.State is FencePlanState.Running or FencePlanState.BackingOff) return Task.FromResult(Refusal());
        if (!_powerOn.IsCompleted) return Task.FromResult(Refusal());
        _powerOnCancel?.Dispose();
        _powerOnCancel = CancellationTokenSource.CreateLinkedTokenSource(cancel, _closing.Token);
        var token = _powerOnCancel.Token;
        var run = Task.Run(() => target.PowerOnAsync(token), CancellationToken.None);
        _powerOn = run;
        return run;
    }

    /// <summary>Kills what is under way. Answers that still arrive may be dropped.</summary>
    public void Dispose()
    {
        _closing.Cancel();
        foreach (var command in _underWay.Values) command.Dispose();
        _underWay.Clear();
        _powerOnCancel?.Dispose();
        _closing.Dispose();
    }

    private List<FenceEffect> CarryOut(IReadOnlyList<FenceEffect> effects, TimeSpan now)
    {
        var forCaller = effects.Where(effect => effect is not FenceEffect.Command).ToList();
        var commands = effects.OfType<FenceEffect.Command>().ToList();
        if (commands.Exists(command => command.Action == DeviceAction.Off) && !_mayFire())
        {
            forCaller.Add(new FenceEffect.Event($"fence {target.Plan.Target}: fire held: it may not be fenced any more"));
            forCaller.AddRange(plan.Cancel(now));
            commands.Clear();
        }
        foreach (var command in commands) Begin(command);
        StopOutdated();
        return forCaller;
    }

    private void Begin(FenceEffect.Command command)
    {
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        _underWay.Add(command.Number, cancel);
        var (token, powerOn) = (cancel.Token, _powerOn);
        _ = Task.Run(() => ExecuteAsync(command, powerOn, token), CancellationToken.None);
    }

    private async Task ExecuteAsync(FenceEffect.Command command, Task powerOn, CancellationToken cancel)
    {
        // An on that arrives after our off would undo it: let it end first. It was cancelled and can not throw.
        await powerOn.ConfigureAwait(false);
        var answer = await target.ExecuteAsync(command.Device, command.Action, cancel).ConfigureAwait(false);
        post(new FenceExecutorInput(command.Number, answer));
    }

    private void StopOutdated()
    {
        foreach (var (number, cancel) in _underWay)
            if (!plan.Awaits(number) && !cancel.IsCancellationRequested) _ = cancel.CancelAsync();
    }

    private IReadOnlyList<DeviceResult> Refusal() =>
        [new DeviceResult(0, target.Plan.Target, DeviceAnswer.Failed($"{target.Plan.Target} is being fenced or powered on already: wait until that has ended"))];
}
