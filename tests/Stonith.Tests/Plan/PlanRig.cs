using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Tests.Plan;

/// <summary>A plan and its devices on virtual time. A device is a function of the command: after how long it answers what, or null for never.</summary>
internal sealed class PlanRig
{
    private readonly Func<FenceEffect.Command, TimeSpan, (TimeSpan After, DeviceAnswer Answer)?> _devices;
    private readonly PriorityQueue<(ulong Command, DeviceAnswer Answer), (TimeSpan At, ulong Order)> _answers = new();
    private ulong _order;

    public PlanRig(FencePlanConfig config, Func<FenceEffect.Command, TimeSpan, (TimeSpan After, DeviceAnswer Answer)?> devices)
    {
        Plan = new FencePlan(config, TimeSpan.Zero);
        _devices = devices;
    }

    public FencePlan Plan { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>Everything that came out, with its time.</summary>
    public List<(TimeSpan At, FenceEffect Effect)> Log { get; } = [];

    /// <summary>Called with each answer directly before the plan gets it.</summary>
    public Action<ulong, DeviceAnswer> OnAnswer { get; set; } = (_, _) => { };

    public IEnumerable<FenceEffect.Command> Commands => Log.Select(entry => entry.Effect).OfType<FenceEffect.Command>();

    public IEnumerable<(TimeSpan At, T Effect)> All<T>() where T : FenceEffect =>
        Log.Where(entry => entry.Effect is T).Select(entry => (entry.At, (T)entry.Effect));

    public void Start() => Take(Plan.Start(Now));

    public void Cancel() => Take(Plan.Cancel(Now));

    /// <summary>Runs events in their order until the time, or until nothing is due any more.</summary>
    public void RunUntil(TimeSpan end)
    {
        while (NextEvent() is { } next && next <= end)
        {
            Now = next > Now ? next : Now;
            Once();
        }
        Now = end;
    }

    private TimeSpan? NextEvent()
    {
        TimeSpan? answer = _answers.TryPeek(out _, out var key) ? key.At : null;
        return (answer, Plan.NextTick) switch
        {
            ({ } a, { } t) => a < t ? a : t,
            (var a, var t) => a ?? t,
        };
    }

    private void Once()
    {
        if (_answers.TryPeek(out _, out var key) && key.At <= Now)
        {
            var (command, answer) = _answers.Dequeue();
            OnAnswer(command, answer);
            Take(Plan.DeviceAnswered(command, answer, Now));
        }
        else
        {
            var due = Plan.NextTick;
            Take(Plan.Tick(Now));
            if (Plan.NextTick == due) throw new InvalidOperationException($"a tick at {Now} left the due time at {due}: no progress");
        }
    }

    private void Take(IReadOnlyList<FenceEffect> effects)
    {
        foreach (var effect in effects)
        {
            Log.Add((Now, effect));
            if (effect is FenceEffect.Command command && _devices(command, Now) is var (after, answer))
                _answers.Enqueue((command.Number, answer), (Now + after, _order++));
        }
    }
}
