using System.CommandLine;
using System.Text.Json;
using HaLvs.Director.Commands.Documents;
using HaLvs.Director.Control;
using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands;

/// <summary>`halvs events`: the time line of this node.</summary>
internal static class EventsCommand
{
    public static Command Create()
    {
        Option<string> socket = SharedOptions.Socket();
        Option<bool> follow = new("--follow") { Description = "Go on with new events until interrupted." };
        Option<bool> json = SharedOptions.Json("An array, or one object a line with --follow,");
        Command command = new("events", "Every transition with its reason and its milliseconds.") { follow, json, socket };
        command.SetAction(async (parsed, cancel) =>
        {
            using ControlClient client = new(parsed.GetValue(socket)!);
            IAsyncEnumerable<EventReply> events = client.EventsAsync(parsed.GetValue(follow), cancel);
            TextWriter output = parsed.InvocationConfiguration.Output;
            try
            {
                await (parsed.GetValue(json) ? WriteJsonAsync(events, output, parsed.GetValue(follow)) : WriteTextAsync(events, output));
            }
            catch (OperationCanceledException) when (parsed.GetValue(follow) && cancel.IsCancellationRequested)
            {
                // Interrupting is how following ends.
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static async Task WriteTextAsync(IAsyncEnumerable<EventReply> events, TextWriter output)
    {
        EventText text = new(TimeZoneInfo.Local);
        await foreach (EventReply e in events)
        {
            await output.WriteAsync(text.Render(e));
            await output.FlushAsync();
        }
    }

    private static async Task WriteJsonAsync(IAsyncEnumerable<EventReply> events, TextWriter output, bool lines)
    {
        int written = 0;
        await output.WriteAsync(lines ? "" : "[");
        await foreach (EventReply e in events)
        {
            string json = JsonSerializer.Serialize(EventDocument.From(e), DocumentContext.OneLine.EventDocument);
            await output.WriteAsync(lines ? $"{json}\n" : $"{(written++ == 0 ? "" : ",")}\n{json}");
            await output.FlushAsync();
        }

        await output.WriteAsync(lines ? "" : "\n]\n");
    }
}
