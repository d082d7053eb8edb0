using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace HaLvs.Stonith.Devices.Programs;

/// <summary>
/// Ends every process of a group, also those whose parent is gone already (a walk down the parents would miss them).
/// /proc/PID/stat, field 3 state and field 5 process group: proc(5).
/// </summary>
internal static class ProcessGroup
{
    private const int Rounds = 5;

    /// <summary>SIGKILL to all members, again for what they forked meanwhile.</summary>
    public static void Kill(int group)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var members = Members(group);
            if (members.Count == 0) return;
            foreach (var member in members) KillOne(member);
        }
    }

    /// <summary>Living members; zombies only wait for their parent.</summary>
    public static IReadOnlyList<int> Members(int group)
    {
        var members = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && IsMember(pid, group))
                members.Add(pid);
        }
        return members;
    }

    private static bool IsMember(int pid, int group)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The command name may hold blanks and brackets: the fields start after the last one.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is not ("Z" or "X") && int.Parse(fields[2], CultureInfo.InvariantCulture) == group;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void KillOne(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // Ended by itself between the look and the kill.
        }
    }
}
