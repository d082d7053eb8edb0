using System.Collections.Concurrent;

namespace HaLvs.Simulation;

/// <summary>How often what happened: a simulator that injects nothing proves nothing, so it says what it did.</summary>
public sealed class Tally
{
    private readonly Dictionary<string, long> _counts = [];

    public void Count(string what, long by = 1) => _counts[what] = _counts.GetValueOrDefault(what) + by;

    public void AddTo(ConcurrentDictionary<string, long> total)
    {
        foreach (var (what, count) in _counts) total.AddOrUpdate(what, count, (_, sum) => sum + count);
    }
}
