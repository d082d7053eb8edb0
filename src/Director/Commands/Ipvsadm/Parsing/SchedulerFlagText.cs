using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Commands.Ipvsadm.Parsing;

/// <summary>The words of ipvsadm -b: general ones, and those that belong to sh and mh. Three bits, whatever they are called.</summary>
internal static class SchedulerFlagText
{
    private static readonly (string Word, string? Scheduler, SchedulerOptions Flag)[] s_words =
    [
        ("flag-1", null, SchedulerOptions.Fallback),
        ("flag-2", null, SchedulerOptions.Port),
        ("flag-3", null, SchedulerOptions.Third),
        ("sh-fallback", "sh", SchedulerOptions.Fallback),
        ("sh-port", "sh", SchedulerOptions.Port),
        ("mh-fallback", "mh", SchedulerOptions.Fallback),
        ("mh-port", "mh", SchedulerOptions.Port),
    ];

    /// <exception cref="IpvsadmExit">A word is unknown or belongs to another scheduler.</exception>
    public static SchedulerOptions Parse(string text, string scheduler)
    {
        SchedulerOptions flags = SchedulerOptions.None;
        foreach (string word in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            (string? known, string? owner, SchedulerOptions flag) = s_words.FirstOrDefault(w => w.Word == word);
            if (known is null)
            {
                throw IpvsadmExit.Usage($"invalid scheduler flag `{word}'");
            }

            if (owner is not null && owner != scheduler)
            {
                throw IpvsadmExit.Usage($"incompatible scheduler flag `{word}'");
            }

            flags |= flag;
        }

        return flags;
    }

    /// <summary>"sh-fallback,sh-port": in the order of the bits, by the scheduler's own words where it has them; then a bit without one is not said.</summary>
    public static string Of(string scheduler, SchedulerOptions flags)
    {
        string? owner = s_words.Any(w => w.Scheduler == scheduler) ? scheduler : null;
        return string.Join(',', s_words.Where(w => w.Scheduler == owner && flags.HasFlag(w.Flag)).Select(w => w.Word));
    }
}
