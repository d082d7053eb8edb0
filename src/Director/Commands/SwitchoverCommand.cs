using System.CommandLine;
using HaLvs.Director.Control;

namespace HaLvs.Director.Commands;

/// <summary>`halvs switchover`: the planned handover.</summary>
internal static class SwitchoverCommand
{
    public static Command Create()
    {
        Option<string> socket = SharedOptions.Socket();
        Option<string?> to = new("--to") { Description = "The node that shall serve (default: the one that does not).", HelpName = "NODE" };
        Option<bool> json = SharedOptions.Json("The outcome");
        Command command = new("switchover", "Hand over to the other node, without losing a connection.") { to, json, socket };
        command.SetAction(async (parsed, cancel) =>
        {
            using ControlClient client = new(parsed.GetValue(socket)!);
            return await OutcomeOutput.RunAsync(
                parsed, "switchover", parsed.GetValue(json), progress => client.SwitchoverAsync(parsed.GetValue(to), progress, cancel));
        });
        return command;
    }
}
