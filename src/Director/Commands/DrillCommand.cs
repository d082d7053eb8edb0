using System.CommandLine;
using System.Net;
using System.Text.Json;
using HaLvs.Director.Commands.Documents;
using HaLvs.Director.Control;
using HaLvs.Director.Drills;
using HaLvs.Director.Drills.Traffic;

namespace HaLvs.Director.Commands;

/// <summary>`halvs drill KIND`: a failover on purpose, and its report.</summary>
internal static class DrillCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<DrillKind> kind = Kind();
        Option<IPEndPoint?> target = SharedOptions.Target("Service that the drill's own traffic goes to (default: TCP port 7 or 80 of the configuration).", required: false);
        Option<TrafficProtocol> protocol = TrafficOption.Protocol();
        Option<int> connections = SharedOptions.Count("--connections", "TCP connections to hold.", 100, 1, 1_000_000);
        Option<string?> clientCommand = new("--client")
        {
            Description = "Command that reaches a client's machine; `halvs traffic` runs there: \"ssh CLIENT\".",
            HelpName = "COMMAND",
        };
        Option<bool> noTraffic = new("--no-traffic") { Description = "Only act; clients elsewhere hold the traffic (halvs traffic)." };
        Option<bool> yes = SharedOptions.Yes();
        Option<bool> json = SharedOptions.Json("The report");
        Option<string> socket = SharedOptions.Socket();
        Command command = new("drill", "Fail over on purpose: time line by phase, longest stall, connections kept and lost.")
        {
            kind, clientCommand, target, protocol, connections, noTraffic, yes, json, socket,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            SocketCompletions.RunInline();
            if (parsed.GetValue(clientCommand) is null && !parsed.GetValue(noTraffic) && !host.DrillTrafficFromHere)
            {
                throw new OperatorException(
                    "a drill measures from a client's machine: give --client \"ssh CLIENT\" (halvs is installed there, too), or --no-traffic to only act");
            }

            DrillOptions options = new(
                parsed.GetValue(kind), !parsed.GetValue(noTraffic), parsed.GetValue(clientCommand), parsed.GetValue(target), parsed.GetValue(protocol), parsed.GetValue(connections));
            using ControlClient client = new(parsed.GetValue(socket)!);
            Drill drill = new(client, options, line => parsed.InvocationConfiguration.Error.WriteLine($"drill: {line}"));
            DrillReport report = await drill.RunAsync(
                (consequence, word) => consequence.Length == 0 ? Task.CompletedTask : Confirmation.RequireAsync(host, parsed.GetValue(yes), consequence, word), cancel);
            await parsed.InvocationConfiguration.Output.WriteAsync(
                parsed.GetValue(json) ? JsonSerializer.Serialize(report, DocumentContext.Readable.DrillReport) + "\n" : DrillText.Render(report));
            if (!report.Passed)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"halvs: drill {report.Kind} failed");
            }

            return report.Passed ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static Argument<DrillKind> Kind() => new("KIND")
    {
        HelpName = "KIND",
        Description = string.Join(", ", DrillKinds.All.Select(k => k.Word)),
        CustomParser = result =>
        {
            string word = result.Tokens[0].Value;
            (string known, DrillKind kind) = DrillKinds.All.MinBy(k => UsageError.Distance(k.Word, word));
            if (known != word)
            {
                result.AddError($"unknown drill '{word}' (did you mean '{known}'?); there are {string.Join(", ", DrillKinds.All.Select(k => k.Word))}");
            }

            return kind;
        },
    };
}
