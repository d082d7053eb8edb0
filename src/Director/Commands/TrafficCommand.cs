using System.CommandLine;
using System.Net;
using System.Text.Json;
using HaLvs.Director.Commands.Documents;
using HaLvs.Director.Drills.Traffic;

namespace HaLvs.Director.Commands;

/// <summary>`halvs traffic`: load and proof from a client's machine. Needs no director here.</summary>
internal static class TrafficCommand
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        Option<IPEndPoint?> target = SharedOptions.Target("Virtual address and port.", required: true);
        Option<TrafficProtocol> protocol = TrafficOption.Protocol();
        Option<int> connections = SharedOptions.Count("--connections", "TCP connections to hold.", 100, 0, 1_000_000);
        Option<TimeSpan> interval = SharedOptions.Duration("--interval", "Between two messages of one connection.", TrafficOptions.DefaultInterval);
        Option<TimeSpan> probe = SharedOptions.Duration("--probe-interval", "Between two new connections.", TrafficOptions.DefaultProbeInterval);
        Option<TimeSpan> duration = SharedOptions.Duration("--duration", "End after this time (default: when interrupted).", Timeout.InfiniteTimeSpan);
        Option<bool> untilEof = new("--until-eof") { Description = "End when standard input ends (a drill on another machine holds it)." };
        Option<string?> json = new("--json") { Description = "Write the report there; - is standard output.", HelpName = "FILE" };
        Command command = new("traffic", "Hold connections with numbered messages, open new ones, and prove that nothing is lost or corrupted.")
        {
            target, protocol, connections, interval, probe, duration, untilEof, json,
        };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed,
            new TrafficOptions(parsed.GetValue(target)!, parsed.GetValue(protocol), parsed.GetValue(connections), parsed.GetValue(interval), parsed.GetValue(probe)),
            parsed.GetValue(duration), parsed.GetValue(untilEof), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TrafficOptions options, TimeSpan duration, bool untilEof, string? json, CancellationToken cancel)
    {
        SocketCompletions.RunInline();
        TextWriter human = json == "-" ? parsed.InvocationConfiguration.Error : parsed.InvocationConfiguration.Output;
        await using TrafficRun run = await TrafficRun.StartAsync(options, cancel);
        await human.WriteLineAsync($"traffic: {run.Connections} connections established");
        await human.FlushAsync(CancellationToken.None);
        using CancellationTokenSource eof = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (untilEof)
        {
            new Thread(() => CancelAtEndOfInput(eof)) { IsBackground = true, Name = "stdin" }.Start();
        }

        await WaitAsync(run, duration, parsed.InvocationConfiguration.Error, eof.Token);
        TrafficReport report = await run.StopAsync();
        await WriteJsonAsync(report, json, parsed.InvocationConfiguration.Output);
        await human.WriteAsync(TrafficText.Render(report));
        return report.Clean ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>Interrupting is how a run without a duration ends.</summary>
    private static async Task WaitAsync(TrafficRun run, TimeSpan duration, TextWriter error, CancellationToken cancel)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        end.CancelAfter(duration);
        using PeriodicTimer progress = new(ProgressEvery);
        try
        {
            while (await progress.WaitForNextTickAsync(end.Token))
            {
                await error.WriteLineAsync(TrafficText.Progress(run.Snapshot()));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static void CancelAtEndOfInput(CancellationTokenSource end)
    {
        while (Console.In.Read() >= 0)
        {
        }

        end.Cancel();
    }

    private static async Task WriteJsonAsync(TrafficReport report, string? file, TextWriter output)
    {
        string text = JsonSerializer.Serialize(report, DocumentContext.Readable.TrafficReport);
        if (file == "-")
        {
            await output.WriteLineAsync(text);
        }
        else if (file is not null)
        {
            await File.WriteAllTextAsync(file, text + "\n");
        }
    }
}
