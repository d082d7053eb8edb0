namespace HaLvs.Director.Tests.House;

/// <summary>Finds the checkout that the tests were built from.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    public static string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(System.IO.Path.Combine(folder.FullName, "HaLvs.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"no HaLvs.sln above {AppContext.BaseDirectory}");
    }
}
