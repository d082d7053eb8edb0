using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HaLvs.Director.Commands;
using HaLvs.Director.Commands.Documents;

namespace HaLvs.Director.Drills.Traffic;

/// <summary>
/// `halvs traffic` on a client's machine, started through a command of the operator's (ssh CLIENT). A director cannot be the client: once it
/// serves, its own packets to the virtual address end in its own core and the answers in its own kernel. Ends when its standard input ends, so that a
/// broken connection leaves nothing behind.
/// </summary>
public sealed class RemoteTraffic : ITrafficSource
{
    private const string Established = " connections established";

    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task _errors;
    private TrafficReport? _final;

    private RemoteTraffic(Process process, int connections, Task<string> output)
    {
        (_process, Connections, _output) = (process, connections, output);
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Connections { get; }

    /// <param name="client">What stands before `halvs traffic`, split at blanks: "ssh client.example".</param>
    /// <exception cref="OperatorException">It does not start, or not all connections came up.</exception>
    public static async Task<RemoteTraffic> StartAsync(string client, TrafficOptions options, CancellationToken cancel)
    {
        var process = Begin(client, options);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        List<string> said = [];
        while (await process.StandardError.ReadLineAsync(cancel) is { } line)
        {
            if (line.Contains(Established, StringComparison.Ordinal))
                return new RemoteTraffic(process, options.Connections, output);
            said.Add(line);
        }
        process.Dispose();
        throw new OperatorException($"the traffic through \"{client}\" did not begin: {(said.Count > 0 ? string.Join("; ", said) : "it said nothing")}");
    }

    public async Task<TrafficReport> StopAsync()
    {
        if (_final is not null)
            return _final;
        var stopped = MonotonicClock.Milliseconds;
        _process.StandardInput.Close();
        try
        {
            await _errors.WaitAsync(EndsWithin);
            var report = JsonSerializer.Deserialize(await _output.WaitAsync(EndsWithin), DocumentContext.Readable.TrafficReport);
            return _final = OnOurClock(report ?? throw new JsonException("an empty report"), stopped);
        }
        catch (Exception e) when (e is JsonException or TimeoutException)
        {
            throw new OperatorException($"the client's traffic ended without a report: {e.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_final is null && !_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Begin(string client, TrafficOptions options)
    {
        string[] words =
        [
            .. client.Split(' ', StringSplitOptions.RemoveEmptyEntries), "halvs", "traffic", "--target", options.Target.ToString(),
            "--protocol", options.Protocol.ToString().ToLowerInvariant(), "--connections", options.Connections.ToString(CultureInfo.InvariantCulture),
            "--until-eof", "--json", "-",
        ];
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new OperatorException($"--client \"{client}\": {words[0]} cannot be started: {e.Message}");
        }
    }

    /// <summary>The client's clock began elsewhere: the moment at which we ended the run stands on both.</summary>
    private static TrafficReport OnOurClock(TrafficReport report, double stopped)
    {
        var shift = stopped - report.EndedMonotonicMs;
        return report with
        {
            StartedMonotonicMs = report.StartedMonotonicMs + shift,
            EndedMonotonicMs = stopped,
            LongestStallEndMonotonicMs = report.LongestStallEndMonotonicMs + shift,
            Gaps = [.. report.Gaps.Select(g => g with { FromMonotonicMs = g.FromMonotonicMs + shift, ToMonotonicMs = g.ToMonotonicMs + shift })],
        };
    }
}
