using System.Diagnostics;
using System.Globalization;
using HaLvs.Lab.Tests.Network;

namespace HaLvs.Lab.Tests.Observations;

/// <summary>Connections of the client to the echo service, held with numbered messages that are compared byte by byte (`halvs traffic`).</summary>
public sealed class Traffic : IDisposable
{
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _report;
    private readonly Task<string> _error;

    private Traffic(Process process, string report)
    {
        _process = process;
        _report = report;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Returns when all connections are established.</summary>
    public static async Task<Traffic> HoldAsync(int connections)
    {
        var report = $"{LabNetwork.Folder}/client/traffic-{Guid.NewGuid():N}.json";
        var process = Command.Start(LabNetwork.Script,
        [
            "sh", "client", "--", "halvs", "traffic", "--target", $"{LabNetwork.VirtualAddress}:7",
            "--connections", connections.ToString(CultureInfo.InvariantCulture), "--interval", "100ms", "--probe-interval", "10ms", "--json", report,
        ]);
        var traffic = new Traffic(process, report);
        try
        {
            await traffic.EstablishedAsync();
            return traffic;
        }
        catch
        {
            traffic.Dispose();
            throw;
        }
    }

    /// <summary>Interrupts it, as Ctrl-C does, and reads what it wrote.</summary>
    public async Task<TrafficReport> EndAsync()
    {
        (await Command.RunAsync("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)], EndDeadline)).OutputOrFail();
        using var deadline = new CancellationTokenSource(EndDeadline);
        await _process.WaitForExitAsync(deadline.Token);
        if (!File.Exists(_report))
        {
            throw new InvalidOperationException($"halvs traffic exited with {_process.ExitCode} and wrote no report: {await _error}");
        }

        return TrafficReport.Read(_report);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task EstablishedAsync()
    {
        using var deadline = new CancellationTokenSource(EndDeadline);
        while (await _process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.Contains("connections established", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException($"halvs traffic ended before its connections were established: {await _error}");
    }
}
