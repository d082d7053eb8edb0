using System.Globalization;
using System.Text.RegularExpressions;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Runtime.V1;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Explaining;

namespace HaLvs.Director.Runtime;

/// <summary>What differs between the file and the table as it runs, one line each, with who changed it last and when.</summary>
internal static partial class Drift
{
    /// <param name="now">Milliseconds of the data plane's clock, for the deadlines of drains.</param>
    public static IReadOnlyList<string> Lines(RuntimeSnapshot snapshot, long now)
    {
        string[] lines = [.. Differences(snapshot.FileServices, snapshot.Services, snapshot.FileTimeouts, snapshot.Timeouts)];
        ILookup<string, DrainOrder> drains = snapshot.Drains.ToLookup(Subject);
        HashSet<string> subjects = [.. lines.Select(Subject)];
        return
        [
            .. lines.Select(line => line + string.Concat(drains[Subject(line)].Select(d => $", {Text(d, now)}")) + By(line, snapshot.Notes)),
            .. snapshot.Drains.Where(d => !subjects.Contains(Subject(d))).Select(d => $"{Subject(d)} {Text(d, now)}  [{d.Who}]"),
        ];
    }

    /// <summary>The notes of one transaction.</summary>
    public static IEnumerable<ChangeNote> Notes(RuntimeSnapshot before, RuntimeSnapshot after, string who, DateTimeOffset time) =>
        Differences(before.Services, after.Services, before.Timeouts, after.Timeouts)
            .Select(line => new ChangeNote { Subject = Subject(line), Text = line, Who = who, TimeTicks = time.UtcTicks });

    private static IEnumerable<string> Differences(
        IReadOnlyList<Forwarder.Services.VirtualServiceConfig> old, IReadOnlyList<Forwarder.Services.VirtualServiceConfig> @new, ConnectionTimeouts oldTimes, ConnectionTimeouts newTimes) =>
        [
            .. Configuration.ServiceChange.Between(old, @new),
            .. oldTimes == newTimes ? [] : new[] { $"time-outs: {Text(oldTimes)} to {Text(newTimes)}" },
        ];

    private static string Text(ConnectionTimeouts times) =>
        $"{DurationText.Format(times.Tcp)}/{DurationText.Format(times.TcpFin)}/{DurationText.Format(times.Udp)}";

    private static string Text(DrainOrder drain, long now)
    {
        string deadline = drain.EndsAt is { } endsAt
            ? endsAt > now ? $"{DrainText.Clock(TimeSpan.FromMilliseconds(endsAt - now))} to the deadline" : "the deadline has passed"
            : "no deadline";
        return $"draining ({deadline}, {(drain.Remove ? "then removed" : "stays at weight 0")}; weight before: {drain.WeightBefore})";
    }

    private static string Subject(DrainOrder drain) =>
        $"service {drain.Service}: server {(drain.Port == 0 ? drain.Address.ToString() : drain.Address.WithPort(drain.Port))}";

    /// <summary>The note of the very thing, or of anything about its service.</summary>
    private static string By(string line, IReadOnlyList<ChangeNote> notes)
    {
        string subject = Subject(line);
        ChangeNote? note = notes.LastOrDefault(n => n.Subject == subject) ?? notes.LastOrDefault(n => Owner(n.Subject) == Owner(subject));
        return note is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"  [{note.Who}, {new DateTime(note.TimeTicks, DateTimeKind.Utc):yyyy-MM-dd HH:mm:ss} UTC]");
    }

    private static string Subject(string line) => SubjectPattern().Match(line).Value;

    private static string Owner(string subject) => OwnerPattern().Match(subject).Value;

    [GeneratedRegex(@"^(service .+?: (server \S+|[a-z-]+)|[a-z-]+)")]
    private static partial Regex SubjectPattern();

    [GeneratedRegex(@"^(service .+?: |[a-z-]+)")]
    private static partial Regex OwnerPattern();
}
