using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HaLvs.Director.Commands;
using HaLvs.Director.Configuration;
using HaLvs.Director.Control;
using HaLvs.Director.Reports;
using HaLvs.Director.Runtime;
using HaLvs.Heartbeat;
using HaLvs.Linux;

namespace HaLvs.Director;

/// <summary>
/// One life of a director: everything that stands in the way of starting is found first and said in one line, then the parts are made in the order
/// in which they need each other, started, and in the end taken down in reverse.
/// </summary>
public static class DirectorHost
{
    public const string TunName = "halvs0";

    /// <summary>An orderly stop that takes longer than this is cut short; the addresses are released in any case.</summary>
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan ControlStopDeadline = TimeSpan.FromSeconds(1);

    /// <returns>0 after an orderly stop, 1 when it could not start or a promise broke.</returns>
    public static async Task<int> RunAsync(RunOptions options, CancellationToken stop)
    {
        try
        {
            return await RunOnceAsync(options, stop);
        }
        catch (Exception e) when (e is DirectorStartException or LinuxException or ConfigurationException or ControlSocketException
                                      or UnauthorizedAccessException or IOException or CryptographicException)
        {
            await Console.Error.WriteLineAsync($"halvs: {e.Message}");
            return 1;
        }
    }

    /// <summary>The habit of the field: SIGHUP reads the file again; run-time changes stay, because nobody can be asked. What came of it stands in the events.</summary>
    private static void ReloadInsteadOfDying(PosixSignalContext signal, DirectorNode node)
    {
        signal.Cancel = true;
        _ = node.ReloadAsync(DriftChoice.KeepRuntime, "SIGHUP", CancellationToken.None);
    }

    private static async Task StopControlAsync(WebApplication control)
    {
        using var bounded = new CancellationTokenSource(ControlStopDeadline);
        await control.StopAsync(bounded.Token);
    }

    private static async Task<int> RunOnceAsync(RunOptions options, CancellationToken stop)
    {
        var model = StartChecks.LoadModel(options);
        using var claim = ControlSocketClaim.Take(options.SocketPath);
        using var events = new EventLog(TimeProvider.System);
        await using var parts = new DirectorParts(options, model, events);
        await using var control = ControlHost.Build(claim, parts.Node);
        events.Add(EventSeverity.Notice, "start", $"halvs {ThisProgram.Version}: {options.Node} of cluster {model.Cluster.Name}, configuration {model.Hash:x16}");
        using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => ReloadInsteadOfDying(signal, parts.Node));
        parts.Start();
        await control.StartAsync(CancellationToken.None);
        var ended = await parts.RunUntilEndedAsync(StopDeadline, stop);
        await parts.DisposeAsync(); // The addresses and sysctls first: an operator who follows events must not hold them up.
        await StopControlAsync(control);
        return ended;
    }
}
