using System.Collections.Immutable;
using HaLvs.Director.Configuration.Issues;

namespace HaLvs.Director.Configuration;

/// <summary>A model, or everything that is wrong with the file; warnings in both cases.</summary>
/// <param name="Model">Null exactly when there is an error.</param>
/// <param name="Issues">Errors and warnings in file order.</param>
public sealed record ConfigurationResult(DirectorModel? Model, ImmutableArray<ConfigurationIssue> Issues)
{
    public bool IsGood => Model is not null;

    public IEnumerable<ConfigurationIssue> Errors => Issues.Where(i => i.Severity == IssueSeverity.Error);

    public IEnumerable<ConfigurationIssue> Warnings => Issues.Where(i => i.Severity == IssueSeverity.Warning);

    /// <summary>One error a line, for standard error and for the outcome of a reload.</summary>
    public string ErrorText => string.Join('\n', Errors);
}
