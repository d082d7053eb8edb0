using System.Globalization;
using System.Text.RegularExpressions;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Runtime.V1;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Runtime;

/// <summary>What differs between the file and the table as it runs, one line each, with who changed it last and when.</summary>
internal static partial class Drift
{
    public static IReadOnlyList<string> Lines(RuntimeSnapshot snapshot) =>
        [.. Differences(snapshot.FileServices, snapshot.Services, snapshot.FileTimeouts, snapshot.Timeouts).Select(line => line + By(line, snapshot.Notes))];

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
