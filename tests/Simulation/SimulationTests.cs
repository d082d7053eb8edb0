using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace HaLvs.Simulation;

/// <summary>
/// Both nodes' production machines and fence plans on virtual time. HALVS_SIM_SEEDS: how many; HALVS_SIM_FIRST_SEED: from where on. A failure prints
/// its seed; HALVS_SIM_SEEDS=1 HALVS_SIM_FIRST_SEED=that plays it again.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int TranscriptLines = 150;

    [Fact]
    public void Seeds_EveryPromiseHolds()
    {
        var count = Setting("HALVS_SIM_SEEDS", 10_000);
        var first = Setting("HALVS_SIM_FIRST_SEED", 1);
        var total = new ConcurrentDictionary<string, long>();
        var failures = new ConcurrentBag<(ulong Seed, string Kind, string Text)>();
        var clock = Stopwatch.StartNew();
        Parallel.For(first, first + count, (seed, loop) =>
        {
            if (failures.Count < 5) Play((ulong)seed, total, failures);
            else loop.Stop();
        });
        Report(count, first, clock.Elapsed, total);
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures.OrderBy(failure => failure.Seed).Select(failure => failure.Text)));
        Assert.True(total.GetValueOrDefault("checks") > count, "the referee hardly looked");
    }

    private static void Play(ulong seed, ConcurrentDictionary<string, long> total, ConcurrentBag<(ulong, string, string)> failures)
    {
        var run = new Run(seed);
        try
        {
            run.Play();
        }
        catch (Exception error)
        {
            var kind = error is BrokenPromiseException broken ? broken.Promise : "crash";
            failures.Add((seed, kind, $"seed {seed}, {kind}: {error.Message}\n{run.World.Transcript(TranscriptLines)}\n{(kind == "crash" ? error.StackTrace : "")}"));
        }

        run.Tally.Count("checks", run.Referee.Checks);
        run.Tally.AddTo(total);
    }

    private void Report(long count, long first, TimeSpan elapsed, ConcurrentDictionary<string, long> total)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds {first} to {first + count - 1} in {elapsed.TotalSeconds:0.0} s"));
        foreach (var (what, times) in total.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times,12:n0} {what}"));
    }

    private static long Setting(string name, long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
