using System.Diagnostics;

namespace HaLvs.Stonith.Tests.Devices;

/// <summary>Waits for a condition with a deadline instead of sleeping for luck.</summary>
internal static class Eventually
{
    public static async Task<T> NotNullAsync<T>(Func<T?> probe, string what, double seconds = 10) where T : class
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            if (probe() is { } found) return found;
            await Task.Delay(2);
        }
        throw new TimeoutException($"not within {seconds} s: {what}");
    }

    public static Task TrueAsync(Func<bool> condition, string what, double seconds = 10) =>
        NotNullAsync(() => condition() ? what : null, what, seconds);
}
