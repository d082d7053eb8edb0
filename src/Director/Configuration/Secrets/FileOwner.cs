using System.Diagnostics;
using System.Globalization;

namespace HaLvs.Director.Configuration.Secrets;

/// <summary>
/// Who owns a file. .NET shows a file's mode but not its owner, and unsafe code lives in src/Linux only: stat(1) of coreutils, which no Linux
/// lacks, answers. Used at start, in halvs check and at reload, never while packets wait.
/// </summary>
internal static class FileOwner
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>User id of this process, from the real, effective, saved and file-system ids of proc(5).</summary>
    public static uint OwnUserId { get; } = ReadOwnUserId();

    /// <summary>Numeric user id; null when it cannot be told.</summary>
    public static uint? Of(string path)
    {
        var start = new ProcessStartInfo("stat", ["-L", "-c", "%u", "--", path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
                return null;
            }

            return uint.TryParse(process.StandardOutput.ReadToEnd().Trim(), CultureInfo.InvariantCulture, out uint owner) ? owner : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static uint ReadOwnUserId()
    {
        string[] ids = File.ReadLines("/proc/self/status").First(l => l.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t');
        return uint.Parse(ids[2], CultureInfo.InvariantCulture);
    }
}
