using System.CommandLine;
using HaLvs.Director.Commands.Ipvsadm.Naming;

namespace HaLvs.Director.Commands.Import;

/// <summary>`halvs import`: what ipvsadm -S wrote, as our configuration.</summary>
internal static class ImportCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> file = new("FILE") { Description = "What `ipvsadm -S -n` wrote; - or nothing: standard input.", DefaultValueFactory = _ => "-" };
        Command command = new("import", "Print [[service]] tables for the configuration from the output of ipvsadm -S.") { file };
        command.SetAction(async (parsed, _) =>
        {
            string path = parsed.GetValue(file)!;
            using TextReader input = path == "-" ? host.Input : File.OpenText(path);
            RuleImport import = new(SystemNames.OfThisMachine(), path == "-" ? "standard input" : path);
            await parsed.InvocationConfiguration.Output.WriteAsync(import.ToToml(input));
            return ExitCode.Done;
        });
        return command;
    }
}
