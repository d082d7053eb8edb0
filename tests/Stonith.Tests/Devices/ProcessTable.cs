using System.Globalization;

namespace HaLvs.Stonith.Tests.Devices;

/// <summary>What ps shows: the command line of every process, read from /proc.</summary>
internal static class ProcessTable
{
    public static IReadOnlyList<(int Pid, string CommandLine)> Snapshot() =>
        [.. Directory.EnumerateDirectories("/proc").Select(Read).Where(entry => entry.CommandLine.Length > 0)];

    public static bool Shows(string text) => Snapshot().Any(entry => entry.CommandLine.Contains(text, StringComparison.Ordinal));

    private static (int Pid, string CommandLine) Read(string directory)
    {
        if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var pid)) return (0, "");
        try
        {
            return (pid, File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' '));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return (pid, "");
        }
    }
}
