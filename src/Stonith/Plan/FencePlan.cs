namespace HaLvs.Stonith.Plan;

/// <summary>
/// Levels, retries and read-back as a pure step machine: no task, no clock, no device inside. One plan per target. Every device of a level
/// must be read back as off; a device that fails ends its level and the next level begins; after the last level a back-off, then the first again.
/// Unknown is not off (I3).
/// <code>
///   Idle --Start--> Running --every device of a level read off--> Confirmed
///                   |     ^                                         |
///       last level failed |  back-off over                          | Start
///                   v     |                                         v
///                 BackingOff            Running, BackingOff --Cancel--> Cancelled --Start--> Running
/// </code>
/// One thread owns it. Time is monotonic with any origin; it throws when time runs backwards or when an answer comes to a command that was never given.
/// </summary>
public sealed class FencePlan
{
    private readonly FenceOutbox _outbox;
    private readonly List<string> _failures = [];
    private List<DeviceRun> _runs = [];
    private FencePlanState _state = FencePlanState.Idle;
    private TimeSpan _now;
    private TimeSpan _startedAt;
    private TimeSpan _nextPass;
    private int _level;
    private int _failedPasses;
    private string _lastDetail = "";

    public FencePlan(FencePlanConfig config, TimeSpan now)
    {
        config.Validate();
        Config = config;
        _outbox = new FenceOutbox(config.Target);
        _now = now;
    }

    public FencePlanConfig Config { get; }

    public FencePlanStatus Status =>
        new(_state, _failedPasses, _lastDetail, _state == FencePlanState.BackingOff ? _nextPass : null);

    /// <summary>When <see cref="Tick"/> has something to do; null: only an answer or Start moves the plan.</summary>
    public TimeSpan? NextTick => _state switch
    {
        FencePlanState.Running => _runs.Min(run => run.Due),
        FencePlanState.BackingOff => _nextPass,
        _ => null,
    };

    /// <summary>False: the answer to this command no longer matters, and whoever carries it out should stop.</summary>
    public bool Awaits(ulong command) => RunAwaiting(command) is not null;

    /// <summary>Starts. Ignored when it runs already. A confirmed or cancelled plan starts afresh: old evidence does not count.</summary>
    public IReadOnlyList<FenceEffect> Start(TimeSpan now)
    {
        Advance(now);
        if (IsRunning) return [];
        _startedAt = now;
        _failedPasses = 0;
        BeginPass(now);
        return _outbox.TakeAll();
    }

    /// <summary>Nothing more is sent to a device after this returns, but for what is already on its way. Ignored when nothing runs.</summary>
    public IReadOnlyList<FenceEffect> Cancel(TimeSpan now)
    {
        Advance(now);
        if (!IsRunning) return [];
        Become(FencePlanState.Cancelled, $"cancelled after {DurationText.Of(now - _startedAt)}");
        _outbox.Add(new FenceEffect.Cancelled(_lastDetail));
        return _outbox.TakeAll();
    }

    /// <summary>
    /// The answer of a device to <see cref="FenceEffect.Command"/>, or its time-out, under the number of that command. Others are ignored.
    /// An answer that lay about for longer than its time-out is ignored too: evidence expires.
    /// </summary>
    public IReadOnlyList<FenceEffect> DeviceAnswered(ulong command, DeviceAnswer answer, TimeSpan now)
    {
        if (command == 0 || command > _outbox.LastCommand)
            throw new ArgumentOutOfRangeException(nameof(command), command, $"fence plan of {Config.Target}: an answer to a command that was never given");
        Advance(now);
        Expire(now);
        if (RunAwaiting(command) is { } run)
        {
            run.Answered(answer, now);
            Judge(now);
        }
        return _outbox.TakeAll();
    }

    /// <summary>Time has passed: time-outs, polls, back-off. Due at <see cref="NextTick"/>; harmless at any other time.</summary>
    public IReadOnlyList<FenceEffect> Tick(TimeSpan now)
    {
        Advance(now);
        Expire(now);
        return _outbox.TakeAll();
    }

    private bool IsRunning => _state is FencePlanState.Running or FencePlanState.BackingOff;

    private DeviceRun? RunAwaiting(ulong command) =>
        command == 0 || _state != FencePlanState.Running ? null : _runs.Find(run => run.Awaited == command);

    private void Advance(TimeSpan now)
    {
        if (now < _now) throw new InvalidOperationException($"fence plan of {Config.Target}: time ran backwards from {_now} to {now}");
        _now = now;
    }

    private void Expire(TimeSpan now)
    {
        if (_state == FencePlanState.BackingOff && now >= _nextPass) BeginPass(now);
        if (_state != FencePlanState.Running) return;
        foreach (var run in _runs) run.Tick(now);
        Judge(now);
    }

    private void BeginPass(TimeSpan now)
    {
        _state = FencePlanState.Running;
        _failures.Clear();
        BeginLevel(0, now);
    }

    private void BeginLevel(int level, TimeSpan now)
    {
        _level = level;
        var devices = Config.Levels[level];
        _outbox.Event($"level {level + 1} of {Config.Levels.Count}: off to {string.Join(" and ", devices.Select(device => device.Device))}");
        _runs = [.. devices.Select(limits => new DeviceRun(limits, _outbox))];
        foreach (var run in _runs) run.SwitchOff(now);
    }

    private void Judge(TimeSpan now)
    {
        if (_runs.Exists(run => run.Phase == DeviceRunPhase.Failed)) FailLevel(now);
        else if (_runs.TrueForAll(run => run.Phase == DeviceRunPhase.ReadOff)) Confirm(now);
    }

    private void FailLevel(TimeSpan now)
    {
        var failed = _runs.Where(run => run.Phase == DeviceRunPhase.Failed).Select(run => run.Detail);
        _lastDetail = $"level {_level + 1}: {string.Join(", ", failed)}";
        _failures.Add(_lastDetail);
        _outbox.Event($"{_lastDetail}; level given up");
        if (_level + 1 < Config.Levels.Count) BeginLevel(_level + 1, now);
        else FailPass(now);
    }

    private void FailPass(TimeSpan now)
    {
        _failedPasses++;
        var pause = Backoff();
        _nextPass = now + pause;
        Become(FencePlanState.BackingOff, string.Join("; ", _failures));
        _outbox.Add(new FenceEffect.AttemptFailed(_lastDetail, pause));
    }

    private void Confirm(TimeSpan now)
    {
        if (_runs.Count == 0 || !_runs.TrueForAll(run => run.IsProven))
            throw new InvalidOperationException($"fence plan of {Config.Target}: about to confirm without a read-back after the off command (I2)");
        var detail = string.Join("; ", _runs.Select(run => run.Detail));
        Become(FencePlanState.Confirmed, $"{detail} (level {_level + 1}, {DurationText.Of(now - _startedAt)} after the start)");
        _outbox.Add(new FenceEffect.ConfirmedOff(_lastDetail));
    }

    /// <summary>Leaves Running: no device run survives, so no later answer and no later tick can act.</summary>
    private void Become(FencePlanState state, string detail)
    {
        _state = state;
        _runs = [];
        _lastDetail = detail;
    }

    private TimeSpan Backoff()
    {
        var pause = Config.BackoffInitial;
        for (var pass = 1; pass < _failedPasses && pause < Config.BackoffMaximum; pass++) pause += pause;
        return pause < Config.BackoffMaximum ? pause : Config.BackoffMaximum;
    }
}
