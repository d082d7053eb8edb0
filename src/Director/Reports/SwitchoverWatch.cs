using HaLvs.Director.Control;
using HaLvs.Heartbeat;
using HaLvs.Heartbeat.Roles;

namespace HaLvs.Director.Reports;

/// <summary>Follows a planned handover from the operator's wish to its end: the other node serves, a refusal, or the deadline.</summary>
public sealed class SwitchoverWatch(EventLog events, Func<CancellationToken, Task<NodeStatus>> status)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    public async Task<OperationOutcome> RunAsync(string from, Action begin, IProgress<string> progress, CancellationToken cancel)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(Deadline);
        var refused = FirstRefusalAsync(bounded.Token);
        begin();
        var served = ServedElsewhereAsync(from, progress, bounded.Token);
        try
        {
            var first = await Task.WhenAny(refused, served);
            return await first;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new OperationOutcome(false, $"no other node served within {Deadline.TotalSeconds:0} s; see `halvs events`");
        }
        finally
        {
            await bounded.CancelAsync();
        }
    }

    private async Task<OperationOutcome> FirstRefusalAsync(CancellationToken cancel)
    {
        var since = TimeProvider.System.GetUtcNow();
        await foreach (var entry in events.ReadAsync(follow: true, cancel))
        {
            if (entry.Time >= since && entry is { Kind: "switchover", Severity: >= EventSeverity.Warning })
                return new OperationOutcome(false, entry.Text);
        }
        throw new OperationCanceledException(cancel);
    }

    private async Task<OperationOutcome> ServedElsewhereAsync(string from, IProgress<string> progress, CancellationToken cancel)
    {
        Role? lastRole = null;
        while (true)
        {
            var now = await status(cancel);
            if (now.Role != lastRole)
                progress.Report($"{now.Node} is {now.Role.ToString().ToLowerInvariant()}");
            lastRole = now.Role;
            if (now.Active is { } active && active != from)
                return new OperationOutcome(true, $"{active} serves (epoch {now.Epoch})");
            await Task.Delay(LookEvery, cancel);
        }
    }
}
