using System.Diagnostics;

namespace HaLvs.Director.Tests.Sync;

/// <summary>Waits for a condition with a deadline; says what it waited for when the time is up.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task HoldsAsync(Func<bool> condition, string what, Func<string>? also = null)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(began) > Deadline) Assert.Fail($"not within {Deadline.TotalSeconds} s: {what}. {also?.Invoke()}");
            await Task.Delay(2);
        }
    }
}
