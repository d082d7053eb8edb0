using System.Globalization;

namespace HaLvs.Stonith.Plan;

/// <summary>Durations as an operator reads them: "62 ms", "5 s", "1.5 s".</summary>
internal static class DurationText
{
    public static string Of(TimeSpan duration) =>
        duration < TimeSpan.FromSeconds(1)
            ? duration.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) + " ms"
            : duration.TotalSeconds.ToString("0.##", CultureInfo.InvariantCulture) + " s";
}
