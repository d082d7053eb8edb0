using System.Text.Json;

namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>Records of a running kernel: the folder of HALVS_GOLDEN if set, else the project's own copy (tests/golden/ipvs).</summary>
internal static class GoldenRecords
{
    /// <summary>The project's own copy.</summary>
    public static string OwnFolder { get; } = FindOwn();

    public static string Folder { get; } = Find();

    public static JsonElement Read(string relativePath) => Parse(Path.Combine(Folder, relativePath));

    /// <summary>From the project's own copy, whatever else is played.</summary>
    public static JsonElement ReadOwn(string relativePath) => Parse(Path.Combine(OwnFolder, relativePath));

    public static IEnumerable<string> Names(string subfolder) =>
        !Directory.Exists(Path.Combine(Folder, subfolder)) ? [] : Directory.EnumerateFiles(Path.Combine(Folder, subfolder), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal);

    private static JsonElement Parse(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.Clone();
    }

    private static string Find()
    {
        string? set = Environment.GetEnvironmentVariable("HALVS_GOLDEN");
        if (!string.IsNullOrEmpty(set))
        {
            string below = Path.Combine(set, "ipvs");
            return Directory.Exists(below) ? below : set;
        }

        return OwnFolder;
    }

    private static string FindOwn()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HaLvs.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("HaLvs.sln not found above the tests."), "tests", "golden", "ipvs");
    }
}
