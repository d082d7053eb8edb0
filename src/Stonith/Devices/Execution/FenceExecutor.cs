using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Devices.Execution;

/// <summary>
/// The shell around one fence plan. The node's loop thread owns it: every public member is called there, and every answer of a device comes back
/// there, through <c>post</c> (called from the thread pool) and <see cref="Answered"/>. What is returned is for the caller to act on, in order:
/// ConfirmedOff, AttemptFailed, Cancelled, Event. Commands never come out: they are carried out here, and a command whose answer no longer
/// matters is killed.
/// </summary>
public sealed class FenceExecutor : IDisposable
{
    private readonly FenceTarget _target;
    private readonly FencePlan _plan;
    private readonly Action<FenceExecutorInput> _post;
    private readonly Dictionary<ulong, CancellationTokenSource> _underWay = [];
    private Func<bool> _mayFire = () => false;
    private CancellationTokenSource _powerOnCancel = new();
    private Task _powerOn = Task.CompletedTask;

    /// <param name="post">Hands an answer to the loop thread's queue. Called from any thread; must not block.</param>
    /// <param name="now">Monotonic, the loop's clock, as in every other call.</param>
    public FenceExecutor(FenceTarget target, Action<FenceExecutorInput> post, TimeSpan now)
    {
        _target = target;
        _plan = new FencePlan(target.Plan, now);
        _post = post;
    }

    public FencePlanStatus Status => _plan.Status;

    /// <summary>Call <see cref="Tick"/> by then; null: nothing is due.</summary>
    public TimeSpan? NextTick => _plan.NextTick;

    /// <summary>Starts the plan; ignored when it runs. A power-on that is under way is stopped, and every off waits until it has ended.</summary>
    /// <param name="mayFire">NodeMachine.MayFire of this request. Asked on the loop thread directly before every off; false cancels the plan.</param>
    public IReadOnlyList<FenceEffect> Start(Func<bool> mayFire, TimeSpan now)
    {
        if (IsFencing) return [];
        _mayFire = mayFire;
        _ = _powerOnCancel.CancelAsync();
        return CarryOut(_plan.Start(now), now);
    }

    /// <summary>Ends with Cancelled, or with nothing when nothing ran. What is under way is killed; what a device took already it will do.</summary>
    public IReadOnlyList<FenceEffect> Cancel(TimeSpan now) => CarryOut(_plan.Cancel(now), now);

    public IReadOnlyList<FenceEffect> Tick(TimeSpan now) => CarryOut(_plan.Tick(now), now);

    public IReadOnlyList<FenceEffect> Answered(FenceExecutorInput input, TimeSpan now)
    {
        _underWay.Remove(input.Command);
        return CarryOut(_plan.DeviceAnswered(input.Command, input.Answer, now), now);
    }

    /// <summary>
    /// Powers the target on, after a repair or in a drill: every device, the last level first. Refused while a fence runs (Failed for every device). The
    /// caller must know that the target may come up: evidence that it is off ends here.
    /// </summary>
    public Task<IReadOnlyList<DeviceResult>> PowerOnAsync(CancellationToken cancel)
    {
        if (IsFencing || !_powerOn.IsCompleted) return Task.FromResult(Refusal());
        _powerOnCancel = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var token = _powerOnCancel.Token;
        var run = Task.Run(() => _target.PowerOnAsync(token), CancellationToken.None);
        _powerOn = run;
        return run;
    }

    /// <summary>Kills what is under way. Answers that still arrive may be dropped.</summary>
    public void Dispose()
    {
        _powerOnCancel.Cancel();
        foreach (var command in _underWay.Values) command.Cancel();
        _underWay.Clear();
    }

    private bool IsFencing => Status.State is FencePlanState.Running or FencePlanState.BackingOff;

    private List<FenceEffect> CarryOut(IReadOnlyList<FenceEffect> effects, TimeSpan now)
    {
        var forCaller = effects.Where(effect => effect is not FenceEffect.Command).ToList();
        var commands = effects.OfType<FenceEffect.Command>().ToList();
        if (commands.Exists(command => command.Action == DeviceAction.Off) && !_mayFire())
        {
            forCaller.Add(new FenceEffect.Event($"fence {_target.Plan.Target}: fire held: it may not be fenced any more"));
            forCaller.AddRange(_plan.Cancel(now));
            commands.Clear();
        }
        foreach (var command in commands) Begin(command);
        StopOutdated();
        return forCaller;
    }

    private void Begin(FenceEffect.Command command)
    {
        // Never disposed: it has neither timer nor parent, and a cancel may still be running when the answer is here.
        var cancel = new CancellationTokenSource();
        _underWay.Add(command.Number, cancel);
        var (token, powerOn) = (cancel.Token, _powerOn);
        _ = Task.Run(() => ExecuteAsync(command, powerOn, token), CancellationToken.None);
    }

    private async Task ExecuteAsync(FenceEffect.Command command, Task powerOn, CancellationToken cancel)
    {
        // An on that arrives after our off would undo it: let it end first. It was cancelled and can not throw.
        await powerOn.ConfigureAwait(false);
        var answer = await _target.ExecuteAsync(command.Device, command.Action, cancel).ConfigureAwait(false);
        _post(new FenceExecutorInput(command.Number, answer));
    }

    private void StopOutdated()
    {
        foreach (var (number, cancel) in _underWay)
            if (!_plan.Awaits(number) && !cancel.IsCancellationRequested) _ = cancel.CancelAsync();
    }

    private IReadOnlyList<DeviceResult> Refusal() =>
        [new DeviceResult(0, _target.Plan.Target, DeviceAnswer.Failed($"{_target.Plan.Target} is being fenced or powered on already: wait until that has ended"))];
}
