using System.Text.RegularExpressions;

namespace HaLvs.Director.Configuration.Toml;

/// <summary>What a line of a broken file was meant to be, for messages that an operator understands.</summary>
internal static partial class StatementText
{
    public static bool StartsStatement(string line) => KeyPattern().IsMatch(line) || line.AsSpan().TrimStart().StartsWith("[");

    public static int Indent(string line) => line.Length - line.TrimStart().Length;

    /// <summary>The key or table of the line, or "file" when it shows none.</summary>
    public static string KeyOf(string line)
    {
        Match key = KeyPattern().Match(line);
        if (key.Success)
        {
            return key.Groups["key"].Value;
        }

        string header = line.Split('#')[0].Trim().Trim('[', ']').Trim();
        return line.TrimStart().StartsWith('[') && header.Length > 0 ? header : "file";
    }

    /// <summary>A statement with the same key that parses, so that the key does not count as missing; empty when there is no key.</summary>
    public static string Placeholder(string line)
    {
        Match key = KeyPattern().Match(line);
        if (key.Success)
        {
            return $"{key.Groups["key"].Value} = false";
        }

        Match header = HeaderPattern().Match(line);
        return !header.Success ? "" : header.Groups["open"].Length == 2 ? $"[[{header.Groups["name"].Value}]]" : $"[{header.Groups["name"].Value}]";
    }

    /// <summary>"what is wrong; what would be right".</summary>
    public static string Explain(string line, string message)
    {
        if (UnquotedPattern().Match(line) is { Success: true } unquoted)
        {
            string value = unquoted.Groups["value"].Value.Trim();
            return value.Length == 0
                ? $"has no value; write {unquoted.Groups["key"].Value} = \"...\""
                : $"{value} is not a TOML value; text stands in quotes: {unquoted.Groups["key"].Value} = \"{value}\"";
        }

        if (HeaderPattern().IsMatch(line))
        {
            return "the table's name is not closed or not a name; write [table] or [[table]]";
        }

        return KeyPattern().IsMatch(line)
            ? $"is not valid TOML ({Plain(message)}); write KEY = VALUE, one on a line"
            : $"the line is neither a [table] nor KEY = VALUE ({Plain(message)}); correct it, or put # before it";
    }

    /// <summary>The parser names its tokens and shows line ends as symbols; operators need neither.</summary>
    private static string Plain(string message) => TokenPattern().Replace(message, "").Replace("`␤`", "the end of the line", StringComparison.Ordinal).TrimEnd('.');

    [GeneratedRegex("""^\s*(?<key>[A-Za-z0-9_-]+(\s*\.\s*[A-Za-z0-9_-]+)*)\s*=""")]
    private static partial Regex KeyPattern();

    [GeneratedRegex("""^\s*(?<key>[A-Za-z0-9_-]+)\s*=(?<value>[^"'\[\]{}#=]*)(#.*)?$""")]
    private static partial Regex UnquotedPattern();

    [GeneratedRegex("""^\s*(?<open>\[\[?)\s*(?<name>[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)""")]
    private static partial Regex HeaderPattern();

    [GeneratedRegex(""" \(token: `[^`]*`\)""")]
    private static partial Regex TokenPattern();
}
