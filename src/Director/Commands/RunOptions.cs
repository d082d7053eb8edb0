namespace HaLvs.Director.Commands;

/// <summary>What `halvs run` was asked to do.</summary>
/// <param name="ConfigurationPath">The TOML file; not opened yet.</param>
/// <param name="Node">Which [[node]] this machine is.</param>
/// <param name="StateDirectory">Epoch, incarnation: must survive a reboot.</param>
/// <param name="SocketPath">Where operators reach this director.</param>
public sealed record RunOptions(string ConfigurationPath, string Node, string StateDirectory, string SocketPath)
{
    public const string DefaultConfigurationPath = "/etc/halvs/halvs.toml";

    public const string ConfigurationEnvironmentVariable = "HALVS_CONFIG";

    public const string DefaultStateDirectory = "/var/lib/halvs";
}
