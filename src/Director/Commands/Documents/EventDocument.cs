using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands.Documents;

/// <summary>One event of `halvs events --json`.</summary>
/// <param name="MonotonicMs">CLOCK_MONOTONIC of that machine; the same clock as in a traffic report made there.</param>
public sealed record EventDocument(DateTime Time, double MonotonicMs, string Severity, string Kind, string Text)
{
    public static EventDocument From(EventReply e) =>
        new(new DateTime(e.TimeTicks, DateTimeKind.Utc), e.MonotonicMilliseconds, e.Severity, e.Kind, e.Text);
}
