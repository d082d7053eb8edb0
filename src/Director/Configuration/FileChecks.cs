using System.Collections.Immutable;
using HaLvs.Director.Configuration.Secrets;
using HaLvs.Director.Sync.Certificates;
using HaLvs.Stonith.Devices;

namespace HaLvs.Director.Configuration;

/// <summary>One file that the configuration names and that is missing, open to others, or not what it should be.</summary>
/// <param name="IsError">False: the director runs without it, but something else will not.</param>
public sealed record FileIssue(bool IsError, string Text);

/// <summary>The files that a good configuration names: keys, certificates, passwords, fence agents. Asked at start and by halvs check, not by the reader.</summary>
public static class FileChecks
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Everything that is wrong, at once; empty when all is well.</summary>
    /// <param name="node">This node; null when unknown: then certificates are not looked at.</param>
    public static ImmutableArray<FileIssue> Run(DirectorModel model, string? node, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        bool pair = model.Nodes.Length == 2;
        return pair
            ? [.. ClusterKey(model), .. Certificates(model, node, clock), .. model.Nodes.SelectMany(n => n.Fence).SelectMany(d => Device(d, node))]
            : [];
    }

    private static FileIssue[] ClusterKey(DirectorModel model) => Attempt(() => ClusterKeys.Read(model.Cluster.KeyFile));

    private static FileIssue[] Certificates(DirectorModel model, string? node, TimeProvider? clock) =>
        node is null ? [] : Attempt(() => NodeCertificate.Load(model.Cluster, node, clock).Dispose());

    private static IEnumerable<FileIssue> Device(FenceDeviceConfig device, string? node)
    {
        // A node never fences itself: its own device's password may live on the peer only.
        bool needed = device.Target != node;
        if (device.PasswordFile is { } file && KeyFile.Complaint(file) is { } complaint)
        {
            yield return new FileIssue(needed, complaint);
        }

        if (device.Program is { } program && ProgramComplaint(program) is { } programComplaint)
        {
            yield return new FileIssue(needed, programComplaint);
        }
    }

    private static string? ProgramComplaint(string program)
    {
        string path = Path.IsPathRooted(program) ? program : Path.Combine("/usr/sbin", program);
        return !File.Exists(path) ? $"{path}: the fence agent does not exist; install the package that has it, or correct program"
            : (File.GetUnixFileMode(path) & Executable) == 0 ? $"{path}: the fence agent is not executable; run: chmod 755 {path}"
            : null;
    }

    private static FileIssue[] Attempt(Action read)
    {
        try
        {
            read();
            return [];
        }
        catch (ConfigurationException exception)
        {
            return [new FileIssue(true, exception.Message)];
        }
    }
}
