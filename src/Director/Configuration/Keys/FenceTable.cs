using System.Globalization;
using HaLvs.Director.Configuration.Values;
using HaLvs.Stonith.Devices;

namespace HaLvs.Director.Configuration.Keys;

/// <summary>[[node.fence]]. Which keys a device takes depends on its type.</summary>
internal static class FenceTable
{
    public static readonly FenceDeviceConfig Defaults = new() { Target = "", Type = "" };

    public static readonly KnownKey Level = new(
        "level", "number", "1 to 9: levels are tried in order; all devices of one level must switch off.", "level = 1", Whole(Defaults.Level));

    public static readonly KnownKey Type = new(
        "type", "\"ipmi\", \"agent\" or \"manual\"",
        "`ipmi`: IPMI 2.0 controller; `agent`: a fence agent program; `manual`: waits for `halvs fence NODE --confirm`.", "type = \"ipmi\"", Required: true);

    public static readonly KnownKey Address = new(
        "address", "address", "ipmi: the node's power controller; an IPv4 address, or a host name. Required for ipmi.", "address = \"198.51.100.11\"");

    public static readonly KnownKey User = new("user", "text", "ipmi: account with operator privilege. Required for ipmi.", "user = \"admin\"");

    public static readonly KnownKey PasswordFile = new(
        "password-file", "path", "ipmi, agent: file with the password, mode 0600, read at each use. Required for ipmi.",
        "password-file = \"/etc/halvs/bmc-a.password\"");

    public static readonly KnownKey Port = new("port", "number", "ipmi: UDP port of the controller.", "port = 623", Whole(Defaults.Port));

    public static readonly KnownKey CipherSuite = new(
        "cipher-suite", "number", "ipmi: 1 to 17; 3 or 17 on most controllers. 0, which needs no password, is refused.", "cipher-suite = 17", Whole(Defaults.CipherSuite));

    public static readonly KnownKey Program = new(
        "program", "program", "agent: name in /usr/sbin, or absolute path. Required for agent.", "program = \"fence_apc\"");

    public static readonly KnownKey Options = new(
        "options", "table", "agent: options for its standard input, as its manual page names them; no passwords here.",
        "options = { ip = \"198.51.100.20\", plug = \"3\" }", "{}");

    public static readonly KnownKey Timeout = new(
        "timeout", "duration", "ipmi, agent: for one command to the device.", "timeout = \"5s\"", Time(Defaults.CommandTimeout));

    public static readonly KnownKey OffTimeout = new(
        "off-timeout", "duration", "ipmi, agent: from the off command until the power must read off; at least `timeout`.", "off-timeout = \"10s\"", Time(Defaults.OffTimeout));

    public static readonly KnownKey PollInterval = new(
        "poll-interval", "duration", "ipmi, agent: pause between two readings of the power state.", "poll-interval = \"50ms\"", Time(Defaults.PollInterval));

    public static readonly KnownKey Attempts = new(
        "attempts", "number", "ipmi, agent: tries, 1 to 10, before the level counts as failed.", "attempts = 2", Whole(Defaults.Attempts));

    public static readonly KeyTable Table = new(
        "node.fence", "[[node.fence]]",
        [Level, Type, Address, User, PasswordFile, Port, CipherSuite, Program, Options, Timeout, OffTimeout, PollInterval, Attempts]);

    public static readonly IReadOnlyList<string> Types = ["ipmi", "agent", "manual"];

    /// <summary>Keys that a device of this type takes.</summary>
    public static IReadOnlyList<KnownKey> KeysOf(string type) => type switch
    {
        "ipmi" => [Level, Type, Address, User, PasswordFile, Port, CipherSuite, Timeout, OffTimeout, PollInterval, Attempts],
        "agent" => [Level, Type, Program, Options, PasswordFile, Timeout, OffTimeout, PollInterval, Attempts],
        _ => [Level, Type],
    };

    /// <summary>Keys that a device of this type cannot do without.</summary>
    public static IReadOnlyList<KnownKey> RequiredOf(string type) => type switch
    {
        "ipmi" => [Address, User, PasswordFile],
        "agent" => [Program],
        _ => [],
    };

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(TimeSpan time) => $"\"{DurationText.Format(time)}\"";
}
