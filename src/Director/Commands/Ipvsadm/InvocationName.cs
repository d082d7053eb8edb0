namespace HaLvs.Director.Commands.Ipvsadm;

/// <summary>The name that this program was called by: a link named ipvsadm is ipvsadm.</summary>
public static class InvocationName
{
    /// <summary>argv[0], as the kernel keeps it: the runtime's own idea of it is the program's file.</summary>
    public static bool IsIpvsadm => Path.GetFileName(File.ReadAllText("/proc/self/cmdline").Split('\0')[0]) == IpvsadmCommand.Name;
}
