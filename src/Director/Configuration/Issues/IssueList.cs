using System.Collections.Immutable;

namespace HaLvs.Director.Configuration.Issues;

/// <summary>Collects everything that is wrong with one file, so that the operator sees it all at once.</summary>
internal sealed class IssueList(string path)
{
    private readonly List<ConfigurationIssue> issues = [];

    public bool HasErrors => issues.Any(i => i.Severity == IssueSeverity.Error);

    public void Error(Position at, string key, string text) => Add(IssueSeverity.Error, at, key, text);

    public void Warning(Position at, string key, string text) => Add(IssueSeverity.Warning, at, key, text);

    /// <summary>In file order; where two stand at one place, in the order of their discovery.</summary>
    public ImmutableArray<ConfigurationIssue> InFileOrder() => [.. issues.OrderBy(i => i.At)];

    private void Add(IssueSeverity severity, Position at, string key, string text) => issues.Add(new(severity, path, at, key, Printable(text)));

    /// <summary>A file from anywhere must not send control codes to the operator's terminal.</summary>
    private static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString())) : text;
}
