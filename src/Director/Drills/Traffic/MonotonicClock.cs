using System.Diagnostics;

namespace HaLvs.Director.Drills.Traffic;

/// <summary>CLOCK_MONOTONIC in milliseconds: the clock of events (DirectorEvent.Milliseconds), so that both stand on one time line within a machine.</summary>
internal static class MonotonicClock
{
    public static double Milliseconds => Stopwatch.GetTimestamp() * 1_000.0 / Stopwatch.Frequency;
}
