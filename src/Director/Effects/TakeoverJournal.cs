using System.Text;
using HaLvs.Linux;

namespace HaLvs.Director.Effects;

/// <summary>
/// A small file that outlives a crash of the process but not a boot: the sysctls as they were before us, and the gateway address that we may
/// have put up (kernels before 5.18 cannot mark addresses). It counts only in the boot and the network namespace that wrote it.
/// </summary>
internal sealed class TakeoverJournal(string path)
{
    private const string Title = "halvs takeover journal 1";
    private const string GatewayLine = "gateway ";
    private const string SysctlLine = "sysctl ";

    /// <summary>"ADDRESS/PREFIX INTERFACE", or null.</summary>
    public string? Gateway { get; private set; }

    public Dictionary<string, string> Sysctls { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads what a previous process left. An absent, foreign or damaged journal is an empty one.</summary>
    public void Load()
    {
        if (!File.Exists(path))
            return;
        string[] lines = File.ReadAllLines(path);
        if (lines.Length < 2 || lines[0] != Title || lines[1] != Epoch())
            return;
        foreach (string line in lines.Skip(2))
        {
            if (line.StartsWith(GatewayLine, StringComparison.Ordinal))
                Gateway = line[GatewayLine.Length..];
            else if (line.StartsWith(SysctlLine, StringComparison.Ordinal) && line.Split(' ') is [_, var key, var value])
                Sysctls[key] = value;
        }
    }

    /// <summary>On the disk before the change that it describes is made.</summary>
    public void Save(string gateway, IReadOnlyDictionary<string, string> sysctls)
    {
        StringBuilder text = new();
        text.Append(Title).Append('\n').Append(Epoch()).Append('\n').Append(GatewayLine).Append(gateway).Append('\n');
        foreach ((string key, string value) in sysctls)
            text.Append(SysctlLine).Append(key).Append(' ').Append(value).Append('\n');
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        DurableFile.Write(path, Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Directors in namespaces of one machine (the lab) share /run: each has a file of its own.</summary>
    public static string DefaultPath() => $"/run/halvs/takeover-{new string([.. NetworkNamespace.Current.Where(char.IsAsciiDigit)])}";

    /// <summary>Everything is undone: nothing is left to remember.</summary>
    public void Delete() => File.Delete(path);

    private static string Epoch() => $"boot {BootId.Read()} {NetworkNamespace.Current}";
}
