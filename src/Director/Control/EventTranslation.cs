using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Control;

/// <summary>Events on the wire.</summary>
public static class EventTranslation
{
    public static EventReply ToReply(DirectorEvent e) => new()
    {
        TimeTicks = e.Time.UtcTicks,
        MonotonicMilliseconds = e.Milliseconds,
        Severity = Words.Of(e.Severity),
        Kind = e.Kind,
        Text = e.Text,
    };
}
