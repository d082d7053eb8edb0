using System.Globalization;
using HaLvs.Director.Commands;

namespace HaLvs.Director.Drills.Traffic;

/// <summary>RLIMIT_NOFILE. The .NET runtime raises the soft limit to the hard one when it starts; what is missing then only an operator can give.</summary>
internal static class OpenFileLimit
{
    /// <summary>Descriptors beside the connections: runtime, terminal, control channel.</summary>
    private const int Others = 64;

    /// <summary>Held connections, and probes that wait out their 3 s in an outage.</summary>
    /// <exception cref="OperatorException">More than this process may open.</exception>
    public static void Require(TrafficOptions options)
    {
        long needed = (long)options.Connections + Others + (long)Math.Ceiling(TrafficOptions.ProbeTimeout / options.ProbeInterval);
        if (Current() is { } limit && limit < needed)
        {
            throw new OperatorException(string.Create(
                CultureInfo.InvariantCulture, $"traffic: {options.Connections} connections need {needed} open files, this process may have {limit}; raise it: ulimit -Hn {needed} (as root), or prlimit"));
        }
    }

    /// <summary>"Max open files  SOFT  HARD  files" (proc(5)); null when it cannot be read.</summary>
    private static long? Current()
    {
        string? line = File.Exists("/proc/self/limits") ? File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal)) : null;
        string? soft = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, CultureInfo.InvariantCulture, out long limit) ? limit : null;
    }
}
