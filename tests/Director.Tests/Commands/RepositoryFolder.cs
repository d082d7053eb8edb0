namespace HaLvs.Director.Tests.Commands;

/// <summary>Where the sources stand, seen from the built tests.</summary>
internal static class RepositoryFolder
{
    public static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HaLvs.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"HaLvs.sln is not above {AppContext.BaseDirectory}");
    }
}
