using System.Collections.Immutable;
using HaLvs.Forwarder;

namespace HaLvs.Director.Reports;

/// <summary>The counters of the core by the names that status shows; drops have a list of their own.</summary>
internal static class CoreCounters
{
    public static ImmutableArray<(string Name, long Count)> Of(ForwarderCounters counters)
    {
        (string, long)[] all =
        [
            ("InPackets", counters.InPackets),
            ("OutPackets", counters.OutPackets),
            ("PassedPackets", counters.PassedPackets),
            ("AnsweredPackets", counters.AnsweredPackets),
            ("NewConnections", counters.NewConnections),
            ("ExpiredConnections", counters.ExpiredConnections),
            ("EndedConnections", counters.EndedConnections),
            ("EvictedEmbryonic", counters.EvictedEmbryonic),
            ("EvictedExpected", counters.EvictedExpected),
            ("CutCommands", counters.CutCommands),
            ("DroppedEntries", counters.DroppedEntries),
            ("ChallengedResets", counters.ChallengedResets),
            ("IgnoredResets", counters.IgnoredResets),
            ("SynCookiesSent", counters.SynCookiesSent),
            ("SynCookiesAccepted", counters.SynCookiesAccepted),
            ("SynCookiesRefused", counters.SynCookiesRefused),
            ("OffloadedPackets", counters.OffloadedPackets),
            ("CallsWithoutRoom", counters.CallsWithoutRoom),
            ("IgnoredTags", counters.IgnoredTags),
        ];
        return [.. all.Where(c => c.Item2 != 0)];
    }
}
