using System.CommandLine;
using HaLvs.Director.Control;
using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands;

/// <summary>`halvs fence NODE`: cut, test, vouch, or switch on.</summary>
internal static class FenceCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> node = new("NODE") { Description = "The node as the configuration names it." };
        Option<bool> test = new("--test") { Description = "Prove that every device of the node is reachable and takes our credentials; changes nothing." };
        Option<bool> confirm = new("--confirm") { Description = "Vouch that the node is off: you have seen it dark or pulled its cables. Recorded with your name." };
        Option<bool> on = new("--on") { Description = "Switch the node's power on, after repair." };
        Option<bool> yes = SharedOptions.Yes();
        Option<bool> json = SharedOptions.Json("The outcome");
        Option<string> socket = SharedOptions.Socket();
        Command command = new("fence", "Cut the power of a node and read back that it is off.") { node, test, confirm, on, yes, json, socket };
        command.Validators.Add(result =>
        {
            if (new[] { test, confirm, on }.Count(o => result.GetValue(o)) > 1)
            {
                result.AddError("--test, --confirm and --on exclude each other: give one of them, or none to cut the power");
            }
        });
        command.SetAction(async (parsed, cancel) =>
        {
            FenceAction action = parsed.GetValue(test) ? FenceAction.Test : parsed.GetValue(confirm) ? FenceAction.Confirm : parsed.GetValue(on) ? FenceAction.On : FenceAction.Off;
            string name = parsed.GetValue(node)!;
            await ConfirmAsync(host, action, name, parsed.GetValue(yes));
            using ControlClient client = new(parsed.GetValue(socket)!);
            return await OutcomeOutput.RunAsync(
                parsed, Verb(action), parsed.GetValue(json), progress => client.FenceAsync(name, action, OperatorName(), progress, cancel));
        });
        return command;
    }

    /// <summary>--confirm is itself the word that somebody vouches with: a script that passes it on has a person behind it, and is recorded.</summary>
    private static Task ConfirmAsync(CommandHost host, FenceAction action, string node, bool yes) => action switch
    {
        FenceAction.Off => Confirmation.RequireAsync(host, yes, $"This cuts the power of {node} at once; if it serves, its peer takes over.", node),
        FenceAction.Confirm when host.Interactive => Confirmation.RequireAsync(
            host, yes, $"You vouch that {node} is off. If it is not, two nodes serve the same address and connections break.", node),
        _ => Task.CompletedTask,
    };

    private static string Verb(FenceAction action) => action switch
    {
        FenceAction.Test => "fence test",
        FenceAction.Confirm => "fence confirm",
        FenceAction.On => "power on",
        _ => "fence",
    };

    /// <summary>The person, not the role that sudo lent him.</summary>
    private static string OperatorName() =>
        Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } person ? person : Environment.UserName;
}
