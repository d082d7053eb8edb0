using System.Globalization;

namespace HaLvs.Director.Commands;

/// <summary>Durations as operators write and read them.</summary>
public static class DurationText
{
    private static readonly (string Unit, double Milliseconds)[] Units = [("us", 0.001), ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>A number and a unit without a space: 100ms, 1.5s. A bare number is refused: seconds or milliseconds, nobody knows.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        string unit = text.TrimStart("0123456789.".ToCharArray());
        double factor = Array.Find(Units, u => u.Unit == unit).Milliseconds;
        if (factor == 0 || !double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
        {
            return false;
        }

        double milliseconds = number * factor;
        if (milliseconds > TimeSpan.MaxValue.TotalMilliseconds / 2)
        {
            return false;
        }

        duration = TimeSpan.FromMicroseconds(milliseconds * 1_000);
        return true;
    }

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
