using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Configuration.Values;

/// <summary>The names of ipvsadm -b, with the scheduler to which each belongs.</summary>
internal static class SchedulerFlagNames
{
    private static readonly (string Name, string Scheduler, SchedulerOptions Option)[] Known =
    [
        ("sh-fallback", "sh", SchedulerOptions.Fallback),
        ("sh-port", "sh", SchedulerOptions.Port),
        ("mh-fallback", "mh", SchedulerOptions.Fallback),
        ("mh-port", "mh", SchedulerOptions.Port),
        ("mhr-port", "mhr", SchedulerOptions.Port),
    ];

    public static IReadOnlyList<string> All { get; } = [.. Known.Select(k => k.Name)];

    public static string SchedulerOf(string flag) => Known.First(k => k.Name == flag).Scheduler;

    public static SchedulerOptions Combine(IEnumerable<string> flags) =>
        flags.Aggregate(SchedulerOptions.None, (all, flag) => all | Known.First(k => k.Name == flag).Option);

    public static string Format(SchedulerOptions options) => options == SchedulerOptions.None
        ? "none"
        : string.Join(", ", Known.Where(k => k.Scheduler == "sh" && options.HasFlag(k.Option)).Select(k => k.Name[3..]));
}
