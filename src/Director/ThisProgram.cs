using System.Reflection;

namespace HaLvs.Director;

/// <summary>Name and version of this program, from the assembly; as in Directory.Build.props, without the commit.</summary>
public static class ThisProgram
{
    public static string Version { get; } =
        typeof(ThisProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
