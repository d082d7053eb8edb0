using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Text.Json;
using HaLvs.Director.Commands.Documents;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Control;
using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands;

/// <summary>`halvs explain CLIENT:PORT VIP:PORT/tcp`: where a flow goes or would go, and why.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        Option<string> socket = SharedOptions.Socket();
        Option<bool> json = SharedOptions.Json("The answer");
        Argument<IPEndPoint?> client = new("client") { HelpName = "CLIENT:PORT", Description = "The client's end of an existing or imagined flow.", CustomParser = ParseClient };
        Argument<ListenAddress?> service = new("service") { HelpName = "VIP:PORT/PROTOCOL", Description = "What it talks to; protocol tcp, udp or sctp.", CustomParser = ParseService };
        Command command = new("explain", "Where a flow goes or would go, and why. Changes nothing.") { client, service, json, socket };
        command.Validators.Add(result =>
        {
            // What is no address has its own complaint: asking for the value of it would throw.
            IPAddress? from = AddressText.EndPoint(TokenOf(result, client)).Value?.Address;
            IPAddress? to = ListenText.Parse(TokenOf(result, service)).Value?.Address;
            if (from is not null && to is not null && from.AddressFamily != to.AddressFamily)
            {
                result.AddError($"{from} and {to} are of different address families");
            }
        });
        command.SetAction(async (parsed, cancel) =>
        {
            using ControlClient director = new(parsed.GetValue(socket)!);
            ListenAddress to = parsed.GetValue(service)!;
            ExplainReply reply = await director.ExplainAsync(new ExplainRequest
            {
                Protocol = ListenText.Name(to.Protocol),
                Client = parsed.GetValue(client)!.ToString(),
                Virtual = new IPEndPoint(to.Address, to.Port).ToString(),
            }, cancel);
            await parsed.InvocationConfiguration.Output.WriteAsync(parsed.GetValue(json)
                ? JsonSerializer.Serialize(ExplainDocument.From(reply), DocumentContext.Readable.ExplainDocument) + "\n"
                : Text(reply));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The answer first, then the way to it.</summary>
    private static string Text(ExplainReply reply)
    {
        string answer = reply.HasServer ? $"{(reply.Existing ? "goes" : "would go")} to {reply.Server}" : $"{(reply.Existing ? "goes" : "would go")} to no server";
        return $"{answer}\n{string.Concat(reply.Lines.Select(l => $"  {l.Text}\n"))}";
    }

    private static string TokenOf(CommandResult result, Argument argument) => result.GetResult(argument)?.Tokens is [var token] ? token.Value : "";

    private static IPEndPoint? ParseClient(ArgumentResult result) => Or(result, AddressText.EndPoint(result.Tokens[0].Value));

    private static ListenAddress? ParseService(ArgumentResult result) => Or(result, ListenText.Parse(result.Tokens[0].Value));

    private static T? Or<T>(ArgumentResult result, Parsed<T> parsed)
    {
        if (parsed.Complaint is not null)
        {
            result.AddError(parsed.Complaint);
        }

        return parsed.Value;
    }
}
