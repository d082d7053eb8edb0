namespace HaLvs.Director.Configuration.Keys;

/// <summary>Schedulers that a service can name, as ipvsadm names them.</summary>
internal static class SchedulerWords
{
    public const string Default = "wlc";

    public static IReadOnlyList<string> All { get; } = ["rr", "wrr", "lc", "wlc"];
}
