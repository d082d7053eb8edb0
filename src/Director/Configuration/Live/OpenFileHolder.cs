using System.Globalization;

namespace HaLvs.Director.Configuration.Live;

/// <summary>Which process has a file or socket open, by the links of /proc/PID/fd (proc(5)). Processes of others are seen only as root.</summary>
internal static class OpenFileHolder
{
    private const string DirectorName = "halvs";

    /// <summary>"halvs (process 812)"; null when nobody is seen.</summary>
    public static (string Text, bool IsDirector)? Of(Func<string, bool> target)
    {
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out int id) && id != Environment.ProcessId && Holds(process, target))
            {
                string name = NameOf(process);
                return ($"{name} (process {id})", name == DirectorName);
            }
        }

        return null;
    }

    private static bool Holds(string process, Func<string, bool> target)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(process, "fd")).Any(f => new FileInfo(f).LinkTarget is { } link && target(link));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or belongs to another user.
            return false;
        }
    }

    private static string NameOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "a process that has just ended";
        }
    }
}
