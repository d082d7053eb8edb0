namespace HaLvs.Director.Configuration.Issues;

public enum IssueSeverity
{
    /// <summary>The configuration is used as it is, but the operator should know.</summary>
    Warning,

    /// <summary>The configuration is not used (I12).</summary>
    Error,
}
