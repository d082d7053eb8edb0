using System.CommandLine;
using HaLvs.Director.Control;

namespace HaLvs.Director.Commands;

/// <summary>`halvs reload`: a changed file, without touching a connection.</summary>
internal static class ReloadCommand
{
    public static Command Create()
    {
        Option<string> socket = SharedOptions.Socket();
        Option<bool> json = SharedOptions.Json("The outcome");
        Command command = new("reload", "Apply the changed configuration file; a bad one changes nothing.") { json, socket };
        command.SetAction(async (parsed, cancel) =>
        {
            using ControlClient client = new(parsed.GetValue(socket)!);
            return await OutcomeOutput.RunAsync(parsed, "reload", parsed.GetValue(json), _ => client.ReloadAsync(cancel));
        });
        return command;
    }
}
