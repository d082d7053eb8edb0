using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>The order of the heartbeat's times. A default takes part: who changes one value learns which other must follow.</summary>
internal static class TimingRules
{
    private const int MissedBeforeDead = 2;

    public static void Check(DirectorConfig config, IssueList issues)
    {
        HeartbeatConfig beat = config.Heartbeat;
        Rule(issues, ("dead", beat.Dead), ("interval", beat.Interval), (dead, interval) => dead > interval * MissedBeforeDead,
            "is not more than twice", "one late message would fence a living peer");
        Rule(issues, ("warn", beat.Warn), ("interval", beat.Interval), (warn, interval) => warn > interval,
            "is not longer than", "every message would be reported late");
        Rule(issues, ("warn", beat.Warn), ("dead", beat.Dead), (warn, dead) => warn < dead,
            "is not shorter than", "the warning would come when the peer is already lost");
        Rule(issues, ("start", beat.Start), ("dead", beat.Dead), (start, dead) => start >= dead,
            "is shorter than", "a booting node would give up on its peer sooner than a running one");
    }

    private static void Rule(
        IssueList issues,
        (string Key, Setting<TimeSpan>? Setting) subject,
        (string Key, Setting<TimeSpan>? Setting) other,
        Func<TimeSpan, TimeSpan, bool> holds,
        string relation,
        string consequence)
    {
        if (subject.Setting is not { } left || other.Setting is not { } right || holds(left.Value, right.Value))
        {
            return;
        }

        (string key, Setting<TimeSpan> at) = left.Given ? (subject.Key, left) : (other.Key, right);
        issues.Error(at.At, $"heartbeat.{key}",
            $"{subject.Key} {Shown(left)} {relation} {other.Key} {Shown(right)}: {consequence}; change one of the two");
    }

    private static string Shown(Setting<TimeSpan> time) => $"({DurationText.Format(time.Value)}{(time.Given ? "" : ", the default")})";
}
