using System.Globalization;
using HaLvs.Forwarder.Guard;

namespace HaLvs.Director.Configuration.Keys;

/// <summary>[guard].</summary>
internal static class GuardTable
{
    public static readonly SynProxyOptions Defaults = new();

    public static readonly ClientLimitOptions DefaultLimits = new();

    public static readonly KnownKey SynCookies = new(
        "syn-cookies", "\"off\", \"auto\" or \"always\"",
        "Whether a client's SYN is answered with a SYN cookie, so that a flood opens nothing; `auto`: from the thresholds on.", "syn-cookies = \"always\"",
        $"\"{Modes[(int)Defaults.Mode]}\"");

    public static readonly KnownKey ServiceThreshold = new(
        "syn-threshold", "number", "Half-open connections of one service from which on its SYNs are answered with cookies.", "syn-threshold = 1024",
        Whole(Defaults.ServiceThreshold));

    public static readonly KnownKey TableThreshold = new(
        "syn-table-threshold", "number", "Half-open connections of all services from which on every SYN is; 0: an eighth of `connection-capacity`.",
        "syn-table-threshold = 65536", Whole(Defaults.TableThreshold));

    public static readonly KnownKey ClientConnections = new(
        "client-connections", "number", "Connections that one client (an IPv4 address, an IPv6 /64) may have at a time; 0: no limit.",
        "client-connections = 1000", Whole(DefaultLimits.ConcurrentConnections));

    public static readonly KnownKey ClientRate = new(
        "client-rate", "number", "New connections that one client may open each second; 0: no limit.", "client-rate = 200",
        Whole(DefaultLimits.NewConnectionsPerSecond));

    public static readonly KeyTable Table = new("guard", "[guard]", [SynCookies, ServiceThreshold, TableThreshold, ClientConnections, ClientRate]);

    /// <summary>By the numbers of <see cref="SynProxyMode"/>.</summary>
    public static IReadOnlyList<string> Modes => ["off", "auto", "always"];

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
