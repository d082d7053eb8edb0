using System.Diagnostics;
using HaLvs.Director.Commands;
using HaLvs.Director.Commands.Documents;
using HaLvs.Director.Control;
using HaLvs.Director.Control.V1;
using HaLvs.Director.Drills.Traffic;

namespace HaLvs.Director.Drills;

/// <summary>
/// One failover on purpose, under its own traffic. In order: 1 look, 2 object or ask, 3 traffic up, 4 follow events, 5 the blow, 6 wait until
/// served, 7 let it settle, 8 report.
/// </summary>
public sealed class Drill(ControlClient client, DrillOptions options, Action<string> progress)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly List<EventDocument> _events = [];
    private readonly Lock _gate = new();

    /// <param name="confirm">Asks the operator; throws when he does not want it. Given the consequence and the word to type.</param>
    /// <exception cref="OperatorException">The drill may not begin here or now; nothing was done.</exception>
    public async Task<DrillReport> RunAsync(Func<string, string, Task> confirm, CancellationToken cancel)
    {
        StatusReply before = await client.StatusAsync(cancel);
        IReadOnlyList<string> objections = DrillSafety.Objections(options.Kind, before);
        if (objections.Count > 0)
        {
            throw new OperatorException($"drill {options.Kind.Word()} not begun: {string.Join("; ", objections)}");
        }

        TrafficOptions? load = options.WithTraffic ? DrillTarget.Choose(options, before) : null;
        await confirm(Consequence(before), options.Kind.Word());
        await using ITrafficSource? traffic = load is null ? null : await StartTrafficAsync(load, cancel);
        return await StrikeAsync(before, traffic, cancel);
    }

    private async Task<DrillReport> StrikeAsync(StatusReply before, ITrafficSource? traffic, CancellationToken cancel)
    {
        using CancellationTokenSource following = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task events = FollowAsync(following.Token);
        double blow = MonotonicClock.Milliseconds;
        string? failure = await BlowAsync(before, cancel);
        double? served = failure is null && options.Kind != DrillKind.ProcessKill ? await ServedAsync(before, cancel) : null;
        failure ??= served is null && options.Kind != DrillKind.ProcessKill ? await WhyNotServedAsync(cancel) : null;
        if (traffic is not null)
        {
            progress($"settling for {ElapsedText.Fine(options.Settle.TotalMilliseconds)}");
            await Task.Delay(options.Settle, cancel);
        }

        TrafficReport? seen = traffic is null ? null : await traffic.StopAsync();
        await following.CancelAsync();
        await events;
        return Report(before, blow, served, failure, seen);
    }

    private async Task<ITrafficSource> StartTrafficAsync(TrafficOptions load, CancellationToken cancel)
    {
        ITrafficSource run = options.Client is { } client
            ? await RemoteTraffic.StartAsync(client, load, cancel)
            : await TrafficRun.StartAsync(load, cancel);
        progress($"{run.Connections} connections established to {load.Target}");
        return run;
    }

    /// <summary>Null when done, or the reason why not.</summary>
    private async Task<string?> BlowAsync(StatusReply before, CancellationToken cancel)
    {
        string serving = DrillSafety.Serving(before);
        progress($"{options.Kind.Word()} of {serving}");
        OperationOutcome outcome = options.Kind switch
        {
            DrillKind.Switchover => await client.SwitchoverAsync(Other(before), progress, cancel),
            DrillKind.PowerCut => await client.FenceAsync(serving, FenceAction.Off, $"drill by {Environment.UserName}", progress, cancel),
            _ => Kill(before.ProcessId),
        };
        return outcome.Done ? null : outcome.Text;
    }

    private static OperationOutcome Kill(int processId)
    {
        try
        {
            using Process director = Process.GetProcessById(processId);
            director.Kill();
            return new OperationOutcome(true, "");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return new OperationOutcome(false, $"process {processId} cannot be killed: {e.Message}");
        }
    }

    /// <summary>Milliseconds of the moment at which the other side serves; null when it does not in time.</summary>
    private async Task<double?> ServedAsync(StatusReply before, CancellationToken cancel)
    {
        double patience = MonotonicClock.Milliseconds + DrillOptions.ServedWithin.TotalMilliseconds;
        while (MonotonicClock.Milliseconds < patience)
        {
            StatusReply now = await client.StatusAsync(cancel);
            if (now.HasActive && now.Active == Other(before))
            {
                return MonotonicClock.Milliseconds;
            }

            await Task.Delay(PollInterval, cancel);
        }

        return null;
    }

    private async Task<string> WhyNotServedAsync(CancellationToken cancel)
    {
        StatusReply now = await client.StatusAsync(cancel);
        string why = now.HasBlocked ? now.Blocked : $"this node is {now.Role}";
        return $"nobody took over within {DrillOptions.ServedWithin.TotalSeconds:0} s: {why}";
    }

    /// <summary>The director under the hand of a process-kill goes away: then so do its events.</summary>
    private async Task FollowAsync(CancellationToken cancel)
    {
        try
        {
            await foreach (EventReply e in client.EventsAsync(follow: true, cancel))
            {
                lock (_gate)
                {
                    _events.Add(EventDocument.From(e));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ControlSocketException)
        {
            progress(cancel.IsCancellationRequested ? "done" : "the director's events ended");
        }
    }

    private DrillReport Report(StatusReply before, double blow, double? served, string? failure, TrafficReport? traffic)
    {
        double? first = traffic?.Gaps.FirstOrDefault(g => g.ToMonotonicMs > blow && g.ToMonotonicMs < traffic.EndedMonotonicMs)?.ToMonotonicMs - blow;
        bool passed = failure is null && (traffic is null || traffic.Clean);
        lock (_gate)
        {
            return new DrillReport(
                options.Kind.Word(), before.Node, DrillSafety.Serving(before), Other(before), passed, DrillVerdict.Of(options.Kind, before, failure, traffic),
                Math.Round(blow, 3), served - blow, first, DrillMoment.Line(blow, _events, first), traffic);
        }
    }

    private string Consequence(StatusReply before) => options.Kind switch
    {
        DrillKind.PowerCut => $"This cuts the power of {DrillSafety.Serving(before)}, which serves {before.Connections} connections; {Other(before)} takes over.",
        DrillKind.ProcessKill => $"This kills the director that serves {before.Connections} connections; {Other(before)} then cuts the power of THIS machine. "
            + $"Read the report there: halvs events.",
        _ => "",
    };

    private static string Other(StatusReply status) => status.Active == status.Node ? status.Peer.Name : status.Node;
}
