using System.Text;

namespace HaLvs.Director.Commands;

/// <summary>Wrapping and aligning for terminals.</summary>
internal static class TextBlock
{
    /// <summary>
    /// Lines of at most <paramref name="columns"/>, broken at spaces; the first begins with the prefix, others with as many columns (a mark like
    /// "!! " is repeated, a label is not). A word that is longer than a line stays whole: addresses are copied by people.
    /// </summary>
    public static void AppendWrapped(StringBuilder text, string prefix, string words, int columns)
    {
        string next = prefix.StartsWith('!') ? prefix : new string(' ', prefix.Length);
        foreach (string paragraph in words.ReplaceLineEndings("\n").Split('\n'))
        {
            prefix = AppendParagraph(text, prefix, next, paragraph, columns);
        }
    }

    /// <summary>Columns as wide as their widest cell; empty columns vanish.</summary>
    public static IEnumerable<string> Align(IEnumerable<string[]> rows)
    {
        string[][] all = [.. rows];
        if (all.Length == 0)
        {
            return [];
        }

        int[] widths = [.. Enumerable.Range(0, all[0].Length).Select(i => all.Max(r => r[i].Length))];
        return all.Select(r => string.Join("  ", r.Select((cell, i) => cell.PadRight(widths[i])).Where((_, i) => widths[i] > 0)).TrimEnd());
    }

    private static string AppendParagraph(StringBuilder text, string prefix, string next, string paragraph, int columns)
    {
        // Runs of spaces inside a line that fits are alignment and stay.
        if (prefix.Length + paragraph.Length <= columns)
        {
            text.Append(prefix).Append(paragraph).Append('\n');
            return next;
        }

        StringBuilder line = new(prefix);
        foreach (string word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > prefix.Length && line.Length + 1 + word.Length > columns)
            {
                text.Append(line).Append('\n');
                line.Clear().Append(prefix = next);
            }

            line.Append(line.Length > prefix.Length ? " " : "").Append(word);
        }

        text.Append(line).Append('\n');
        return next;
    }
}
