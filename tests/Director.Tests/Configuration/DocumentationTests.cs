using System.Runtime.CompilerServices;
using HaLvs.Director.Configuration;
using HaLvs.Director.Configuration.Keys;

namespace HaLvs.Director.Tests.Configuration;

/// <summary>The operator's guide and the key tables in code say the same, key by key.</summary>
public sealed class DocumentationTests
{
    private static string Guide { get; } = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs/operator/configuration.md"));

    [Fact]
    public void Guide_EveryKnownKey_HasItsRow()
    {
        string[] missing = [.. Rows().Where(r => !Guide.Contains(r, StringComparison.Ordinal))];
        Assert.True(missing.Length == 0, $"docs/operator/configuration.md lacks or differs from:\n{string.Join('\n', missing)}");
    }

    [Fact]
    public void Guide_EveryRow_IsAKnownKey()
    {
        HashSet<string> known = [.. Rows()];
        string[] stale = [.. Guide.Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal) && !known.Contains(l))];
        Assert.True(stale.Length == 0, $"docs/operator/configuration.md has rows that the program does not know:\n{string.Join('\n', stale)}");
    }

    [Fact]
    public void Guide_EveryTable_HasItsHeading() =>
        Assert.All(KnownTables.All.Where(t => t.Path.Length > 0), t => Assert.Contains($"\n## `{t.Header}`\n", Guide, StringComparison.Ordinal));

    [Fact]
    public void Guide_Example_LoadsWithoutIssue()
    {
        string example = Guide.Split("```toml\n")[1].Split("```")[0];
        Assert.Empty(ConfigurationReader.LoadText(example, "configuration.md").Issues);
    }

    private static IEnumerable<string> Rows() => KnownTables.All.Where(t => t.Path.Length > 0).SelectMany(t => t.Keys).Select(k => k.DocumentationRow);

    private static string RepositoryRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
