namespace HaLvs.Simulation;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): small, seeded, the same on every machine and runtime.</summary>
public sealed class Chance(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }

    public int Below(int bound) => (int)(Next() % (ulong)bound);

    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Happens(double probability) => probability > 0 && Share() < probability;

    public TimeSpan Between(double fromMs, double toMs) => TimeSpan.FromMilliseconds(fromMs + (Share() * (toMs - fromMs)));

    public T Of<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];
}
