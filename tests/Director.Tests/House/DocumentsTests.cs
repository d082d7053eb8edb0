using System.Text.RegularExpressions;

namespace HaLvs.Director.Tests.House;

/// <summary>A document that names a file which is gone is a broken document.</summary>
public partial class DocumentsTests
{
    public static TheoryData<string> Documents()
    {
        var documents = new TheoryData<string>();
        foreach (var path in Directory.EnumerateFiles(RepositoryRoot.File("docs"), "*.md", SearchOption.AllDirectories).Append(RepositoryRoot.File("README.md")))
            documents.Add(Path.GetRelativePath(RepositoryRoot.Path, path));
        return documents;
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_NamesPaths_ThatExist(string document)
    {
        var missing = NamedPath().Matches(File.ReadAllText(RepositoryRoot.File(document)))
            .Select(m => m.Groups[1].Value)
            .Where(p => !Path.Exists(RepositoryRoot.File(p)));
        Assert.Empty(missing);
    }

    /// <summary>`src/…`, `tests/…`, `docs/…`, `deploy/…`, `proto/…` in back quotes, up to a blank, a colon or a back quote.</summary>
    [GeneratedRegex(@"`((?:src|tests|docs|deploy|proto)/[A-Za-z0-9_./-]+)")]
    private static partial Regex NamedPath();
}
