namespace HaLvs.Director.Configuration.Toml;

/// <summary>Which lines to take out for one syntax error. Lines count from 0.</summary>
/// <param name="End">Behind the last line.</param>
/// <param name="Unclosed">The parser noticed only at the next statement that this one has no end.</param>
internal sealed record BrokenStatement(int First, int End, bool Unclosed)
{
    public static BrokenStatement Find(string[] lines, int errorLine)
    {
        int start = PreviousStart(lines, errorLine) ?? errorLine;
        if (start == errorLine && PreviousStart(lines, errorLine - 1) is { } before && !Closed(lines[before..errorLine]))
        {
            return new BrokenStatement(before, errorLine, Unclosed: true);
        }

        int end = errorLine + 1;
        while (end < lines.Length && !StatementText.StartsStatement(lines[end]))
        {
            end++;
        }

        return new BrokenStatement(start, end, Unclosed: false);
    }

    private static int? PreviousStart(string[] lines, int from)
    {
        int line = from;
        while (line >= 0 && !StatementText.StartsStatement(lines[line]))
        {
            line--;
        }

        return line < 0 ? null : line;
    }

    private static bool Closed(string[] statement) => SyntaxTry.Of(string.Join('\n', statement) + "\n").Good;
}
