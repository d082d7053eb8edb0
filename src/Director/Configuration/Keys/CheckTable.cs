using HaLvs.Director.Configuration.Values;

namespace HaLvs.Director.Configuration.Keys;

/// <summary>check = { ... } of a service.</summary>
internal static class CheckTable
{
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(2);

    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(1);

    public static readonly KnownKey Type = new(
        "type", "\"tcp\", \"http\" or \"none\"", "What is asked of the real server.", "type = \"http\"", Required: true);

    public static readonly KnownKey Path = new("path", "text", "http: path of the request.", "path = \"/health\"", "\"/\"");

    public static readonly KnownKey Interval = new(
        "interval", "duration", "Time between two checks of a server.", "interval = \"2s\"", $"\"{DurationText.Format(DefaultInterval)}\"");

    public static readonly KnownKey Timeout = new(
        "timeout", "duration", "For one check; at most `interval`.", "timeout = \"1s\"", $"\"{DurationText.Format(DefaultTimeout)}\"");

    public static readonly KeyTable Table = new("service.check", "check = { ... }", [Type, Path, Interval, Timeout]);

    public static readonly IReadOnlyList<string> Types = ["tcp", "http", "none"];
}
