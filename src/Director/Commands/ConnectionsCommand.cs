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
        Option<string> client = EndFilter("--client", "Only those of this client.");
        Option<string> service = EndFilter("--service", "Only those to this virtual address, or address and port.");
        Option<string> server = EndFilter("--server", "Only those to this real server.");
        Command command = new("connections", "The connection table, in the columns of ipvsadm -Lnc, in the table's order.") { json, limit, client, service, server, socket };
        command.SetAction(async (parsed, cancel) =>
        {
            using ControlClient director = new(parsed.GetValue(socket)!);
            ConnectionsRequest request = new()
            {
                Limit = parsed.GetValue(limit),
                Client = parsed.GetValue(client) ?? "",
                Virtual = parsed.GetValue(service) ?? "",
                Server = parsed.GetValue(server) ?? "",
            };
            IAsyncEnumerable<Connection> connections = director.ConnectionsAsync(request, cancel);
            TextWriter output = parsed.InvocationConfiguration.Output;
            await (parsed.GetValue(json) ? WriteJsonAsync(connections, output) : WriteTextAsync(connections, output));
            return ExitCode.Done;
        });
        return command;
    }

    private static Option<string> EndFilter(string name, string description)
    {
        Option<string> option = new(name) { Description = description, HelpName = "ADDRESS[:PORT]" };
        option.Validators.Add(result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (ConnectionFilter.End.Of(text) is null)
            {
                result.AddError($"{name} {text}: is not ADDRESS or ADDRESS:PORT, such as 192.0.2.100:80 or [2001:db8::100]:80");
            }
        });
        return option;
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
