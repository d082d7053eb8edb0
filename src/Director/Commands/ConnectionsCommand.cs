using System.CommandLine;
using System.Text.Json;
using HaLvs.Director.Commands.Documents;
using HaLvs.Director.Control;
using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands;

/// <summary>`halvs connections`: the table, streamed; a million lines do not pass through memory at once.</summary>
internal static class ConnectionsCommand
{
    public static Command Create()
    {
        Option<string> socket = SharedOptions.Socket();
        Option<bool> json = SharedOptions.Json("An array");
        Option<int> limit = SharedOptions.Count("--limit", "Show at most so many; 0 shows all.", 0, 0, int.MaxValue);
        Command command = new("connections", "The connection table, in the columns of ipvsadm -Lnc, in the table's order.") { json, limit, socket };
        command.SetAction(async (parsed, cancel) =>
        {
            using ControlClient client = new(parsed.GetValue(socket)!);
            IAsyncEnumerable<Connection> connections = client.ConnectionsAsync(parsed.GetValue(limit), cancel);
            TextWriter output = parsed.InvocationConfiguration.Output;
            await (parsed.GetValue(json) ? WriteJsonAsync(connections, output) : WriteTextAsync(connections, output));
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task WriteTextAsync(IAsyncEnumerable<Connection> connections, TextWriter output)
    {
        bool first = true;
        await foreach (Connection connection in connections)
        {
            // Only now: an error of the call must not follow a heading.
            await output.WriteAsync(first ? ConnectionText.Heading : "");
            first = false;
            await output.WriteAsync(ConnectionText.Render(connection));
        }

        await output.WriteAsync(first ? ConnectionText.Heading : "");
    }

    private static async Task WriteJsonAsync(IAsyncEnumerable<Connection> connections, TextWriter output)
    {
        int written = 0;
        await foreach (Connection connection in connections)
        {
            await output.WriteAsync(written++ == 0 ? "[\n" : ",\n");
            await output.WriteAsync(JsonSerializer.Serialize(ConnectionDocument.From(connection), DocumentContext.OneLine.ConnectionDocument));
        }

        await output.WriteAsync(written == 0 ? "[]\n" : "\n]\n");
    }
}
