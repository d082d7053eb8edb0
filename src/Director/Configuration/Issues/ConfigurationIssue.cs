namespace HaLvs.Director.Configuration.Issues;

/// <summary>One thing to put right.</summary>
/// <param name="Key">Dotted path: "heartbeat.dead".</param>
/// <param name="Text">"what is wrong; what would be right".</param>
public sealed record ConfigurationIssue(IssueSeverity Severity, string Path, Position At, string Key, string Text)
{
    /// <summary>"file:line:column: key: what is wrong; what would be right"; a warning says so before the key.</summary>
    public override string ToString() =>
        $"{Path}:{At.Line}:{At.Column}: {(Severity == IssueSeverity.Warning ? "warning: " : "")}{Key}: {Text}";
}
