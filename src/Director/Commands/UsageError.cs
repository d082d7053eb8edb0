using System.CommandLine;
using System.CommandLine.Parsing;

namespace HaLvs.Director.Commands;

/// <summary>Wrong usage in one line: what was not understood, the nearest thing that would be, where help is.</summary>
public static class UsageError
{
    public static string Explain(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string help = $"see {Path(parsed.CommandResult)} --help";
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string token = parsed.UnmatchedTokens[0];
            return $"unknown {Noun(command, token)} '{token}'{Suggest(command, token)}; {help}";
        }

        return command is RootCommand && parsed.Tokens.Count == 0
            ? $"which verb? {string.Join(", ", command.Subcommands.Select(c => c.Name))}; {help}"
            : $"{OneLine(parsed.Errors[0].Message)}; {help}";
    }

    /// <summary>Edits (insert, delete, replace, swap of neighbours) between two words: Damerau–Levenshtein, restricted.</summary>
    public static int Distance(string left, string right)
    {
        int[,] cost = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                cost[i, j] = i == 0 || j == 0 ? i + j : Cheapest(cost, left, right, i, j);
            }
        }

        return cost[left.Length, right.Length];
    }

    private static int Cheapest(int[,] cost, string left, string right, int i, int j)
    {
        int best = Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1));
        bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
        return swapped ? Math.Min(best, cost[i - 2, j - 2] + 1) : best;
    }

    private static string Noun(Command command, string token) =>
        token.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "verb" : "argument";

    private static string Suggest(Command command, string token)
    {
        string word = token.Split('=')[0];
        IEnumerable<string> known = token.StartsWith('-') ? command.Options.Where(o => !o.Hidden).Select(o => o.Name) : command.Subcommands.Select(c => c.Name);
        string? nearest = known.MinBy(k => Distance(k, word));
        return nearest is not null && Distance(nearest, word) <= Math.Max(2, nearest.Length / 3) ? $" (did you mean '{nearest}'?)" : "";
    }

    private static string Path(CommandResult result) => result.Command is RootCommand ? "halvs" : $"halvs {result.Command.Name}";

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
