namespace HaLvs.Simulation;

/// <summary>A promise of the design was broken in a simulated run.</summary>
public sealed class BrokenPromiseException(string promise, string what) : Exception($"{promise}: {what}")
{
    public string Promise => promise;
}
