using System.Globalization;

namespace HaLvs.Director.Configuration.Values;

/// <summary>"100ms", "5s", "2m", "1h". The unit is required: heartbeat's bare number meant seconds, others' meant milliseconds, and both have killed nodes.</summary>
internal static class DurationText
{
    /// <summary>Anything longer is a slip of the keyboard, but where IPVS itself takes more.</summary>
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>MAX_TIMEOUT of ipvsadm.c and IP_VS_MAX_TIMEOUT: 31 days.</summary>
    private static readonly TimeSpan Month = TimeSpan.FromDays(31);

    private static readonly (string Unit, double Milliseconds)[] Units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

    public static Parsed<TimeSpan> Parse(string text) => ParseUpTo(Day, "a day; write at most \"24h\"", text);

    /// <summary>The time-outs of IPVS: whole seconds, up to 31 days.</summary>
    public static Parsed<TimeSpan> ParseSeconds(string text)
    {
        Parsed<TimeSpan> parsed = ParseUpTo(Month, "31 days; write at most \"744h\"", text);
        return parsed.Complaint is null && parsed.Value.Ticks % TimeSpan.TicksPerSecond != 0
            ? Parsed.Bad<TimeSpan>($"\"{text}\" is not whole seconds, in which IPVS counts; write for example \"300s\"")
            : parsed;
    }

    private static Parsed<TimeSpan> ParseUpTo(TimeSpan maximum, string tooLong, string text)
    {
        int digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        string unit = text[digits..].Trim();
        if (!decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            return Parsed.Bad<TimeSpan>($"\"{text}\" is not a duration; write a number with a unit: \"100ms\", \"5s\" or \"2m\"");
        }

        return unit.Length == 0 ? Parsed.Bad<TimeSpan>(WithoutUnit(text)) : InUnit(text, number, unit, maximum, tooLong);
    }

    /// <summary>For a bare number, in quotes or not.</summary>
    public static string WithoutUnit(string number) => $"{number} has no unit; write \"{number}ms\", \"{number}s\" or \"{number}m\"";

    /// <summary>The shortest way to write it.</summary>
    public static string Format(TimeSpan time)
    {
        (string unit, double milliseconds) = Units.Last(u => u.Milliseconds <= 1 || (time.TotalMilliseconds >= u.Milliseconds && time.TotalMilliseconds % u.Milliseconds == 0));
        return string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds / milliseconds:0.###}{unit}");
    }

    private static Parsed<TimeSpan> InUnit(string text, decimal number, string unit, TimeSpan maximum, string tooLong)
    {
        double milliseconds = Units.FirstOrDefault(u => u.Unit == unit).Milliseconds;
        if (milliseconds == 0)
        {
            return Parsed.Bad<TimeSpan>($"\"{text}\" has the unknown unit \"{unit}\"; use ms, s, m or h");
        }

        double total = (double)number * milliseconds;
        return total > maximum.TotalMilliseconds
            ? Parsed.Bad<TimeSpan>($"\"{text}\" is longer than {tooLong}")
            : TimeSpan.FromMilliseconds(total);
    }
}
