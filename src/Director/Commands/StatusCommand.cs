using System.CommandLine;
using System.Text.Json;
using HaLvs.Director.Commands.Documents;
using HaLvs.Director.Control;
using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands;

/// <summary>`halvs status`: everything about this node and what it knows of the other.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        Option<string> socket = SharedOptions.Socket();
        Option<bool> json = SharedOptions.Json("One object");
        Command command = new("status", "Roles, links, fence devices, sync, addresses, services; why no takeover happens, and what to do.") { json, socket };
        command.SetAction(async (parsed, cancel) =>
        {
            using ControlClient client = new(parsed.GetValue(socket)!);
            StatusReply status = await client.StatusAsync(cancel);
            string text = parsed.GetValue(json)
                ? JsonSerializer.Serialize(StatusDocument.From(status), DocumentContext.Readable.StatusDocument)
                : StatusText.Render(status);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(text.TrimEnd());
            return ExitCode.Done;
        });
        return command;
    }
}
