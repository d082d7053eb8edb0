using System.Collections.Immutable;
using HaLvs.Director.Control;
using HaLvs.Director.Loops;
using HaLvs.Director.Reports;
using HaLvs.Heartbeat;
using HaLvs.Linux;
using HaLvs.Stonith.Devices.Execution;
using HaLvs.Stonith.Plan;

namespace HaLvs.Director.Effects;

/// <summary>
/// The fence plan against the peer, on the node loop's thread: wishes of the role machine and answers of devices are collected and carried out in
/// <see cref="Advance"/>, which the loop calls after it has looked at every frame that waited. So MayFire is asked with the latest news (I4).
/// </summary>
public sealed class PeerFence : IDisposable
{
    private readonly FenceTarget _target;
    private readonly FenceExecutor _executor;
    private readonly FenceDeviceHealth _health;
    private readonly Inbox<FenceExecutorInput> _answers = new();
    private readonly Inbox<Action> _powerOns = new();
    private readonly Action _wake;
    private readonly Func<ulong, bool> _mayFire;
    private readonly Action<NodeInput> _post;
    private readonly EventLog _events;
    private readonly FenceFollowers _followers = new();
    private ulong? _toStart;
    private ulong _request;

    /// <param name="mayFire">NodeMachine.MayFire; asked on the loop thread.</param>
    /// <param name="post">Inputs of the role machine; also wakes the loop.</param>
    /// <param name="wake">Wakes the loop without an input: an answer of a device waits.</param>
    public PeerFence(FenceTarget target, Func<ulong, bool> mayFire, Action<NodeInput> post, Action wake, EventLog events)
    {
        _target = target;
        _mayFire = mayFire;
        _post = post;
        _wake = wake;
        _events = events;
        _health = new FenceDeviceHealth(target, events);
        _executor = new FenceExecutor(target, answer =>
        {
            _answers.Post(answer);
            wake();
        }, MonotonicClock.Now);
    }

    public string Target => _target.Plan.Target;

    /// <summary>Carried out by the next <see cref="Advance"/>.</summary>
    public void Start(ulong request) => _toStart = request;

    public void Cancel(ulong request)
    {
        if (_toStart == request)
            _toStart = null;
        if (_request == request && _executor.Cancel(MonotonicClock.Now).Count > 0)
            _post(new NodeInput.FenceReport(request, FenceOutcome.Cancelled, "called off"));
    }

    public void Advance()
    {
        if (_toStart is { } request)
        {
            _toStart = null;
            _request = request;
            _executor.Cancel(MonotonicClock.Now); // The machine gave the old request up itself.
            Report(_executor.Start(() => _mayFire(request), MonotonicClock.Now));
        }
        var powerOns = _powerOns.TakeAll();
        while (powerOns.TryDequeue(out var powerOn))
            powerOn();
        var answers = _answers.TakeAll();
        while (answers.TryDequeue(out var answer))
            Report(_executor.Answered(answer, MonotonicClock.Now));
        Report(_executor.Tick(MonotonicClock.Now));
    }

    public void ReadPower() => _ = Task.Run(async () =>
    {
        var reading = await _target.ReadPowerAsync(CancellationToken.None);
        _post(new NodeInput.PowerRead(reading.On, reading.Detail));
    });

    /// <summary>Tests the devices now and then, so that a dead one is known before it is needed.</summary>
    public Task WatchDevicesAsync(CancellationToken cancel) => _health.RunAsync(cancel);

    /// <summary>The devices with what is known of them; a running fence overrides an old test.</summary>
    public ImmutableArray<FenceDeviceStatus> DeviceStatus() => _health.Status(_executor.Status.State);

    public async Task<OperationOutcome> TestAsync(IProgress<string> progress, CancellationToken cancel)
    {
        progress.Report($"testing every fence device of {Target}; nothing is switched");
        var results = await _health.TestAsync(cancel);
        var lines = results.Select(r => $"level {r.Level}, {r.Device}: {(r.Answer.Reply == DeviceReply.Failed ? "FAILED" : "ok")}: {r.Answer.Detail}");
        return new OperationOutcome(results.All(r => r.Answer.Reply != DeviceReply.Failed), string.Join('\n', lines));
    }

    public async Task<OperationOutcome> PowerOnAsync(IProgress<string> progress, CancellationToken cancel)
    {
        progress.Report($"switching {Target} on");
        var wish = new TaskCompletionSource<Task<IReadOnlyList<DeviceResult>>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _powerOns.Post(() => wish.SetResult(_executor.PowerOnAsync(cancel)));
        _wake();
        var results = await await wish.Task.WaitAsync(cancel);
        var done = results.All(r => r.Answer.Reply is DeviceReply.Done or DeviceReply.On);
        _events.Add(done ? EventSeverity.Notice : EventSeverity.Warning, "power", $"{Target}: power on {(done ? "sent" : "failed")}");
        return new OperationOutcome(done, string.Join('\n', results.Select(r => $"{r.Device}: {r.Answer.Detail}")));
    }

    /// <summary>Begins a fence and completes with its first outcome.</summary>
    public Task<OperationOutcome> FollowAsync(Action begin, IProgress<string> progress, CancellationToken cancel) =>
        _followers.FollowAsync(begin, progress, cancel);

    /// <summary>The machine does not want this fence: whoever waits for it is told why.</summary>
    public void Refused(string reason) => _followers.Ended(new OperationOutcome(false, reason));

    public void Dispose() => _executor.Dispose();

    private void Report(IReadOnlyList<FenceEffect> effects)
    {
        foreach (var effect in effects)
            Report(effect);
    }

    private void Report(FenceEffect effect)
    {
        switch (effect)
        {
            case FenceEffect.ConfirmedOff off:
                _followers.Ended(new OperationOutcome(true, $"{Target} is off, read back: {off.Detail}"));
                _post(new NodeInput.FenceReport(_request, FenceOutcome.ConfirmedOff, off.Detail));
                break;
            case FenceEffect.AttemptFailed failed:
                var text = $"{failed.Detail}; next try in {failed.NextIn.TotalSeconds:0.#} s";
                _events.Add(EventSeverity.Alarm, "fence", $"{Target} is NOT known to be off: {text}");
                _followers.Ended(new OperationOutcome(false, $"{Target} is not known to be off: {text}"));
                _post(new NodeInput.FenceReport(_request, FenceOutcome.AttemptFailed, text));
                break;
            case FenceEffect.Event entry:
                _events.Add(EventSeverity.Info, "fence", entry.Text);
                _followers.Progress(entry.Text);
                break;
            case FenceEffect.Cancelled cancelled:
                _followers.Ended(new OperationOutcome(false, $"the fence of {Target} was cancelled: {cancelled.Detail}"));
                _post(new NodeInput.FenceReport(_request, FenceOutcome.Cancelled, cancelled.Detail));
                break;
            default:
                throw new InvalidOperationException($"the fence plan said {effect.GetType().Name}, which nobody understands");
        }
    }
}
