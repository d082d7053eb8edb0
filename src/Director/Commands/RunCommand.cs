using System.CommandLine;

namespace HaLvs.Director.Commands;

/// <summary>`halvs run`: the director itself.</summary>
internal static class RunCommand
{
    public static Command Create(CommandHost host)
    {
        Option<string> config = new("--config")
        {
            Description = $"Configuration file, the same on both nodes (environment: {RunOptions.ConfigurationEnvironmentVariable}).",
            HelpName = "FILE",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable(RunOptions.ConfigurationEnvironmentVariable) is { Length: > 0 } path ? path : RunOptions.DefaultConfigurationPath,
        };
        Option<string> node = new("--node")
        {
            Description = "Which [[node]] of the configuration this machine is (default: the host name).",
            HelpName = "NAME",
            DefaultValueFactory = _ => Environment.MachineName,
        };
        Option<string> state = new("--state-directory")
        {
            Description = "Epoch and incarnation are kept here; must survive a reboot.",
            HelpName = "DIR",
            DefaultValueFactory = _ => RunOptions.DefaultStateDirectory,
        };
        Option<string> socket = SharedOptions.Socket();
        Command command = new("run", "Run the director. SIGTERM hands over to the peer if it can, releases the addresses, and ends.") { config, node, state, socket };
        command.SetAction((parsed, cancel) => host.Run(
            new RunOptions(parsed.GetValue(config)!, parsed.GetValue(node)!, parsed.GetValue(state)!, parsed.GetValue(socket)!), cancel));
        return command;
    }
}
