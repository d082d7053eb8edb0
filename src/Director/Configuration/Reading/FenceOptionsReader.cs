using System.Globalization;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Toml;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>The options of a fence agent: free names, one line each on the agent's standard input (FenceAgentAPI: "name=value").</summary>
internal static class FenceOptionsReader
{
    private static readonly string[] Secret = ["password", "passwd", "password_script", "passwd_script", "snmp_priv_passwd"];

    /// <summary>What the director itself tells the agent at each call.</summary>
    private static readonly string[] Reserved = ["action", "option"];

    public static IReadOnlyList<(string Name, Setting<string> Value)> Read(TableReader reader)
    {
        TomlTable? table = SubTables.One(reader, FenceTable.Options);
        return table is null ? [] : [.. table.Entries.Select(e => Option(table, e, reader.Issues)).Where(o => o.Value is not null).Select(o => (o.Name, o.Value!))];
    }

    private static (string Name, Setting<string>? Value) Option(TomlTable table, TomlEntry entry, IssueList issues)
    {
        string path = table.PathOf(entry.Name);
        string? text = Text(entry.Value);
        string? complaint = NameComplaint(entry.Name)
            ?? (entry.Value is TomlBroken ? null : text is null ? $"is {entry.Value.Kind}; write a text in quotes" : null)
            ?? (text is not null && text.Any(char.IsControl) ? "has a line break or control character; each option is one line" : null);
        if (complaint is not null)
        {
            issues.Error(entry.At, path, complaint);
        }

        return (entry.Name, complaint is null && text is not null ? new Setting<string>(text, entry.Value.At) : null);
    }

    private static string? NameComplaint(string name)
    {
        if (Secret.Contains(name))
        {
            return "a secret does not stand in this file; put it in a file of mode 0600 and write password-file = \"/etc/halvs/...\"";
        }

        return Reserved.Contains(name) ? "is set by the director at each call; take it away"
            : name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? "is no option name; use letters, digits, '_' and '-'"
            : null;
    }

    private static string? Text(TomlNode node) => node switch
    {
        TomlText text => text.Value,
        TomlNumber number => number.Value.ToString(CultureInfo.InvariantCulture),
        TomlFlag flag => flag.Value ? "1" : "0",
        _ => null,
    };
}
