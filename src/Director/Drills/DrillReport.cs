using HaLvs.Director.Commands.Documents;
using HaLvs.Director.Drills.Traffic;

namespace HaLvs.Director.Drills;

/// <summary>What a drill did and saw. Milliseconds in <paramref name="Timeline"/> count from the blow.</summary>
/// <param name="ServedMs">From the blow until this node's director said that the other side serves; null: it never did.</param>
/// <param name="FirstNewConnectionMs">From the blow to the end of the first gap in new connections after it; null: no gap above 50 ms, or no traffic.</param>
/// <param name="Passed">Served, nothing lost, nothing corrupted.</param>
public sealed record DrillReport(
    string Kind, string Node, string From, string To, bool Passed, string Verdict, double BlowMonotonicMs, double? ServedMs,
    double? FirstNewConnectionMs, IReadOnlyList<DrillMoment> Timeline, TrafficReport? Traffic);

/// <param name="AfterBlowMs">Negative: before.</param>
public sealed record DrillMoment(double AfterBlowMs, double SincePreviousMs, string Kind, string Text)
{
    /// <summary>Events from the blow on, and the first new connection among them, in order.</summary>
    public static IReadOnlyList<DrillMoment> Line(double blow, IEnumerable<EventDocument> events, double? firstNewConnectionMs)
    {
        IEnumerable<(double At, string Kind, string Text)> moments = events
            .Where(e => e.MonotonicMs >= blow)
            .Select(e => (e.MonotonicMs - blow, e.Kind, e.Text));
        if (firstNewConnectionMs is { } first)
        {
            moments = moments.Append((first, "traffic", "first new connection served"));
        }

        double previous = 0;
        List<DrillMoment> line = [];
        foreach ((double at, string kind, string text) in moments.OrderBy(m => m.At))
        {
            line.Add(new DrillMoment(Math.Round(at, 3), Math.Round(at - previous, 3), kind, text));
            previous = at;
        }

        return line;
    }
}
