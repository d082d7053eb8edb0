using System.Collections.Concurrent;
using System.Diagnostics;
using HaLvs.Stonith.Devices.Execution;
using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Tests.Devices.Execution;

/// <summary>A node loop in small: one thread (the test's) owns the executor, answers arrive through a queue.</summary>
internal sealed class ExecutorLoop : IDisposable
{
    private readonly BlockingCollection<FenceExecutorInput> _queue = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public ExecutorLoop(FenceTarget target) => Executor = new FenceExecutor(target, _queue.Add, TimeSpan.Zero);

    public FenceExecutor Executor { get; }

    public List<FenceEffect> Effects { get; } = [];

    public void Start(Func<bool> mayFire) => Effects.AddRange(Executor.Start(mayFire, _clock.Elapsed));

    public void Cancel() => Effects.AddRange(Executor.Cancel(_clock.Elapsed));

    public bool Has<T>() where T : FenceEffect => Effects.OfType<T>().Any();

    public string Text => string.Join('\n', Effects);

    /// <summary>Runs until the condition holds; false after the time.</summary>
    public bool RunUntil(Func<bool> condition, double seconds = 20)
    {
        var end = _clock.Elapsed + TimeSpan.FromSeconds(seconds);
        while (!condition() && _clock.Elapsed < end) Once();
        return condition();
    }

    public void Dispose() => Executor.Dispose();

    private void Once()
    {
        var due = (Executor.NextTick ?? _clock.Elapsed + TimeSpan.FromMilliseconds(5)) - _clock.Elapsed;
        var wait = Math.Clamp(due.TotalMilliseconds, 0, 5);
        var effects = _queue.TryTake(out var input, (int)Math.Ceiling(wait))
            ? Executor.Answered(input, _clock.Elapsed)
            : Executor.Tick(_clock.Elapsed);
        Effects.AddRange(effects);
    }
}
