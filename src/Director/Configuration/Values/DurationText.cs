using System.Globalization;

namespace HaLvs.Director.Configuration.Values;

/// <summary>"100ms", "5s", "2m", "1h". The unit is required: heartbeat's bare number meant seconds, others' meant milliseconds, and both have killed nodes.</summary>
internal static class DurationText
{
    /// <summary>Anything longer is a slip of the keyboard.</summary>
    private static readonly TimeSpan Maximum = TimeSpan.FromHours(24);

    private static readonly (string Unit, double Milliseconds)[] Units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

    public static Parsed<TimeSpan> Parse(string text)
    {
        int digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        string unit = text[digits..].Trim();
        if (!decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            return Parsed.Bad<TimeSpan>($"\"{text}\" is not a duration; write a number with a unit: \"100ms\", \"5s\" or \"2m\"");
        }

        return unit.Length == 0 ? Parsed.Bad<TimeSpan>(WithoutUnit(text)) : InUnit(text, number, unit);
    }

    /// <summary>For a bare number, in quotes or not.</summary>
    public static string WithoutUnit(string number) => $"{number} has no unit; write \"{number}ms\", \"{number}s\" or \"{number}m\"";

    /// <summary>The shortest way to write it.</summary>
    public static string Format(TimeSpan time)
    {
        (string unit, double milliseconds) = Units.Last(u => u.Milliseconds <= 1 || (time.TotalMilliseconds >= u.Milliseconds && time.TotalMilliseconds % u.Milliseconds == 0));
        return string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds / milliseconds:0.###}{unit}");
    }

    private static Parsed<TimeSpan> InUnit(string text, decimal number, string unit)
    {
        double milliseconds = Units.FirstOrDefault(u => u.Unit == unit).Milliseconds;
        if (milliseconds == 0)
        {
            return Parsed.Bad<TimeSpan>($"\"{text}\" has the unknown unit \"{unit}\"; use ms, s, m or h");
        }

        double total = (double)number * milliseconds;
        return total > Maximum.TotalMilliseconds
            ? Parsed.Bad<TimeSpan>($"\"{text}\" is longer than a day; write at most \"24h\"")
            : TimeSpan.FromMilliseconds(total);
    }
}
