using HaLvs.Director.Configuration.Values;

namespace HaLvs.Director.Configuration.Keys;

/// <summary>[heartbeat].</summary>
internal static class HeartbeatTable
{
    public static readonly HeartbeatModel Defaults = new();

    public static readonly KnownKey Interval = new(
        "interval", "duration", "Time between two heartbeats on every link.", "interval = \"100ms\"", Quoted(Defaults.Interval));

    public static readonly KnownKey Warn = new(
        "warn", "duration", "Silence after which a link is reported late; between `interval` and `dead`.", "warn = \"300ms\"", Quoted(Defaults.Warn));

    public static readonly KnownKey Dead = new(
        "dead", "duration", "Silence on every link after which the peer is lost and is fenced; more than twice `interval`.",
        "dead = \"500ms\"", Quoted(Defaults.Dead));

    public static readonly KnownKey Start = new(
        "start", "duration", "How long a booting node waits for its peer; at least `dead`.", "start = \"10s\"", Quoted(Defaults.Start));

    public static readonly KnownKey Ping = new(
        "ping", "list of addresses", "Addresses that tell \"my network is broken\" from \"the peer is gone\"; never evidence for a takeover.",
        "ping = [\"192.0.2.1\"]", "[]");

    public static readonly KeyTable Table = new("heartbeat", "[heartbeat]", [Interval, Warn, Dead, Start, Ping]);

    private static string Quoted(TimeSpan time) => $"\"{DurationText.Format(time)}\"";
}
