using System.Globalization;

namespace HaLvs.Director.Commands;

/// <summary>Elapsed time for people. How operators write durations, Configuration/Values knows.</summary>
public static class ElapsedText
{
    /// <summary>The two largest units: "3d 4h", "4m 12s", "7s".</summary>
    public static string Coarse(TimeSpan duration) => duration switch
    {
        { TotalDays: >= 1 } => $"{(int)duration.TotalDays}d {duration.Hours}h",
        { TotalHours: >= 1 } => $"{duration.Hours}h {duration.Minutes}m",
        { TotalMinutes: >= 1 } => $"{duration.Minutes}m {duration.Seconds}s",
        _ => $"{duration.Seconds}s",
    };

    /// <summary>Milliseconds with the precision that matters at their size: "0.42 ms", "81.3 ms", "2.31 s", "4m 12s".</summary>
    public static string Fine(double milliseconds) => milliseconds switch
    {
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.00} ms"),
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.0} ms"),
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1_000:0.00} s"),
        _ => Coarse(TimeSpan.FromMilliseconds(milliseconds)),
    };
}
