using System.Globalization;
using System.Text;
using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands;

/// <summary>Events as a time line: wall clock, monotonic difference to the line before, kind, text. Feed it in order.</summary>
public sealed class EventText(TimeZoneInfo zone)
{
    private DateTime _day;
    private double? _previousMilliseconds;

    /// <summary>One line, and one before it for a new day. Alarms and warnings are marked in the first column.</summary>
    public string Render(EventReply e)
    {
        DateTime local = TimeZoneInfo.ConvertTimeFromUtc(new DateTime(e.TimeTicks, DateTimeKind.Utc), zone);
        StringBuilder text = new();
        if (local.Date != _day)
        {
            _day = local.Date;
            text.Append(CultureInfo.InvariantCulture, $"-- {local:yyyy-MM-dd}\n");
        }

        string since = _previousMilliseconds is { } previous ? $"+{ElapsedText.Fine(Math.Max(0, e.MonotonicMilliseconds - previous))}" : "";
        _previousMilliseconds = e.MonotonicMilliseconds;
        string body = string.Join($"\n{new string(' ', 41)}", e.Text.ReplaceLineEndings("\n").Split('\n'));
        return text.Append(CultureInfo.InvariantCulture, $"{Mark(e.Severity)} {local:HH:mm:ss.fff}  {since,10}  {e.Kind,-13}  {body}\n").ToString();
    }

    private static char Mark(string severity) => severity switch
    {
        "alarm" => '!',
        "warning" => '*',
        _ => ' ',
    };
}
