using System.Diagnostics;
using System.Globalization;
using HaLvs.Director.Commands;

namespace HaLvs.Director.Drills.Traffic;

/// <summary>
/// RLIMIT_NOFILE. A login gives a soft limit of 1,024, less than a traffic run needs, and a hard limit far above. The just-in-time runtime raises
/// the soft one by itself, the native one does not. prlimit(1) does it from outside: this project holds no native calls.
/// </summary>
internal static class OpenFileLimit
{
    private const string Label = "Max open files";

    /// <summary>Descriptors beside the connections: runtime, terminal, control channel.</summary>
    private const int Others = 64;

    /// <summary>Held connections, and probes that wait out their 3 s in an outage.</summary>
    /// <exception cref="OperatorException">More than this process may open.</exception>
    public static void Require(TrafficOptions options)
    {
        long needed = (long)options.Connections + Others + (long)Math.Ceiling(TrafficOptions.ProbeTimeout / options.ProbeInterval);
        if (Current() is not { } limit || limit.Soft >= needed)
        {
            return;
        }

        if (limit.Hard < needed || !Raise(needed))
        {
            throw new OperatorException(string.Create(
                CultureInfo.InvariantCulture,
                $"traffic: {options.Connections} connections need {needed} open files, this process may have {limit.Soft} (at most {limit.Hard}); raise it before the call: ulimit -n {needed}"));
        }
    }

    private static bool Raise(long soft)
    {
        try
        {
            ProcessStartInfo start = new("prlimit") { RedirectStandardError = true };
            start.ArgumentList.Add("--pid");
            start.ArgumentList.Add(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"--nofile={soft}:"));
            using Process prlimit = Process.Start(start)!;
            prlimit.WaitForExit();
            return prlimit.ExitCode == 0 && Current()?.Soft >= soft;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>"Max open files  SOFT  HARD  files" (proc(5)); null when it cannot be read.</summary>
    private static (long Soft, long Hard)? Current()
    {
        string? line = File.Exists("/proc/self/limits") ? File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(Label, StringComparison.Ordinal)) : null;
        string[] columns = line?[Label.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return columns.Length >= 2 && Number(columns[0]) is { } soft && Number(columns[1]) is { } hard ? (soft, hard) : null;
    }

    private static long? Number(string text) =>
        text == "unlimited" ? long.MaxValue : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
}
