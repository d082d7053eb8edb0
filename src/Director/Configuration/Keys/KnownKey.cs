namespace HaLvs.Director.Configuration.Keys;

/// <summary>One key of the configuration file: the authority for the reader, its messages and docs/operator/configuration.md (a test compares).</summary>
/// <param name="Example">The value as it is written in the file.</param>
/// <param name="Default">As it is written; null when there is none.</param>
/// <param name="Required">The file is refused without it.</param>
internal sealed record KnownKey(string Name, string Type, string Meaning, string Example, string? Default = null, bool Required = false)
{
    /// <summary>The row of the operator's guide.</summary>
    public string DocumentationRow =>
        $"| `{Name}` | {Type} | {(Required ? "required" : Default is null ? "none" : $"`{Default}`")} | {Meaning} | `{Example}` |";
}
