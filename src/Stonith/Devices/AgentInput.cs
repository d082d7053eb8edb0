using System.Text;

namespace HaLvs.Stonith.Devices;

/// <summary>
/// The standard input of a fence agent: one key=value a line, no quoting (FenceAgentAPI, "Input"). '-' and '_' mean the same there; old agents
/// only know '_'. Of repeated keys the last one wins, so the action comes last.
/// </summary>
internal static class AgentInput
{
    /// <summary>Throws ArgumentException for what must not stand in the options.</summary>
    public static void Validate(FenceDeviceConfig config)
    {
        foreach (var (key, value) in config.Options) ValidateOption(config, Normal(key), value);
    }

    public static string Compose(FenceDeviceConfig config, string? password, string action)
    {
        var lines = new StringBuilder();
        var given = config.Options.Keys.Select(Normal).ToHashSet(StringComparer.Ordinal);
        if (config.Address is { } address && !given.Contains("ip") && !given.Contains("ipaddr")) Append(lines, "ip", address);
        if (config.User is { } user && !given.Contains("username") && !given.Contains("login")) Append(lines, "username", user);
        foreach (var (key, value) in config.Options) Append(lines, Normal(key), value);
        if (password is not null) Append(lines, "password", password);
        Append(lines, "action", action);
        return lines.ToString();
    }

    private static void ValidateOption(FenceDeviceConfig config, string key, string value)
    {
        var name = $"fence agent {config.Program} of {config.Target}: option {key}";
        if (key is "action" or "option") throw new ArgumentException($"{name}: the action is chosen by the fence plan, leave it out");
        if (key is "password" or "passwd") throw new ArgumentException($"{name}: a password stands in a file, use password-file");
        if (key.Length == 0 || key.Any(c => c is '=' or '#' || char.IsWhiteSpace(c))) throw new ArgumentException($"{name} is not a valid name");
        if (value.AsSpan().ContainsAny('\n', '\r', '\0')) throw new ArgumentException($"{name}: the value must be one line");
    }

    private static string Normal(string key) => key.Replace('-', '_');

    private static void Append(StringBuilder lines, string key, string value) => lines.Append(key).Append('=').Append(value).Append('\n');
}
