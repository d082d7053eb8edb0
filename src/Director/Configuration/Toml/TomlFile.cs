using HaLvs.Director.Configuration.Issues;

namespace HaLvs.Director.Configuration.Toml;

/// <summary>
/// Parses a file and goes on behind a broken statement: the parser's own recovery loses its place, and the operator wants all mistakes at once.
/// Each round takes the first broken statement out (its lines stay, so that places stay right) and parses again.
/// </summary>
internal sealed class TomlFile(string text, IssueList issues)
{
    /// <summary>Behind more broken statements than this the file is not TOML at all, and more messages do not help.</summary>
    private const int MaximumBrokenStatements = 20;

    private readonly string[] lines = text.Split('\n');
    private readonly HashSet<int> brokenLines = [];

    /// <summary>The file as tables, null when it cannot be read to its end; values on broken lines are <see cref="TomlBroken"/>.</summary>
    public static TomlTable? Parse(string text, IssueList issues) => new TomlFile(text, issues).Parse();

    private TomlTable? Parse()
    {
        for (int round = 0; round < MaximumBrokenStatements; round++)
        {
            SyntaxTry attempt = SyntaxTry.Of(string.Join('\n', lines));
            if (attempt.Document is not null)
            {
                return new TomlTreeBuilder(issues, brokenLines).Build(attempt.Document);
            }

            if (!TakeOut(attempt))
            {
                break;
            }
        }

        issues.Error(new Position(brokenLines.DefaultIfEmpty(1).Max(), 1), "file", "is not TOML from here on; correct the errors above first");
        return null;
    }

    /// <summary>False when the place of the error is already empty: then the parser sees something that lines cannot explain.</summary>
    private bool TakeOut(SyntaxTry attempt)
    {
        BrokenStatement broken = BrokenStatement.Find(lines, Math.Clamp(attempt.ErrorAt.Line - 1, 0, lines.Length - 1));
        if (lines[broken.First].Length == 0)
        {
            return false;
        }

        Report(broken, attempt);
        bool firstTime = brokenLines.Add(broken.First + 1);
        lines[broken.First] = firstTime ? StatementText.Placeholder(lines[broken.First]) : "";
        Array.Fill(lines, "", broken.First + 1, broken.End - broken.First - 1);
        return true;
    }

    private void Report(BrokenStatement broken, SyntaxTry attempt)
    {
        string first = lines[broken.First];
        if (brokenLines.Contains(broken.First + 1))
        {
            return;
        }

        if (broken.Unclosed)
        {
            issues.Error(new Position(broken.First + 1, StatementText.Indent(first) + 1), StatementText.KeyOf(first),
                "is not closed; a bracket or a quote is missing at its end");
        }
        else
        {
            issues.Error(attempt.ErrorAt, StatementText.KeyOf(first), StatementText.Explain(first, attempt.Message));
        }
    }
}
