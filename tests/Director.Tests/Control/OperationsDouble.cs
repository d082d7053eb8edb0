using System.Runtime.CompilerServices;
using HaLvs.Director.Control;
using HaLvs.Director.Runtime;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Explaining;

namespace HaLvs.Director.Tests.Control;

/// <summary>A director that does what a test says, and remembers what it was asked.</summary>
internal sealed class OperationsDouble : IDirectorOperations
{
    public DirectorStatus Current { get; set; } = StatusSamples.ActivePair();

    public List<DirectorEvent> History { get; } = [];

    public TaskCompletionSource<DirectorEvent> NextEvent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<string> Calls { get; } = [];

    public OperationOutcome Outcome { get; set; } = new(true, "done");

    public IReadOnlyList<string> Progress { get; set; } = [];

    public Action? OnOperation { get; set; }

    public IEnumerable<ConnectionRecord> Table { get; set; } = [];

    public DirectorStatus Status() => Current;

    public async IAsyncEnumerable<DirectorEvent> EventsAsync(bool follow, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (DirectorEvent e in History)
        {
            yield return e;
        }

        while (follow)
        {
            yield return await NextEvent.Task.WaitAsync(cancel);
            await Task.Delay(Timeout.Infinite, cancel);
        }
    }

    public Task<OperationOutcome> SwitchoverAsync(string? to, IProgress<string> progress, CancellationToken cancel) => Act($"switchover {to}", progress);

    public Task<OperationOutcome> FenceAsync(string node, IProgress<string> progress, CancellationToken cancel) => Act($"fence {node}", progress);

    public Task<OperationOutcome> FenceTestAsync(string node, IProgress<string> progress, CancellationToken cancel) => Act($"test {node}", progress);

    public Task<OperationOutcome> FenceConfirmAsync(string node, string operatorName, CancellationToken cancel) => Act($"confirm {node} by {operatorName}", null);

    public Task<OperationOutcome> PowerOnAsync(string node, IProgress<string> progress, CancellationToken cancel) => Act($"on {node}", progress);

    public Task<OperationOutcome> ReloadAsync(DriftChoice drift, string who, CancellationToken cancel) => Act(drift == DriftChoice.Refuse ? "reload" : $"reload {drift}", null);

    public IRuntimeOperations Runtime { get; set; } = new RuntimeDouble();

    public IEnumerable<ConnectionRecord> Connections() => Table;

    public Explanation Answer { get; set; } = new(Existing: false, null, 0, []);

    public Explanation Explain(ExplainQuery query)
    {
        Calls.Add($"explain {query.Client.WithPort(query.ClientPort)} {query.Virtual.WithPort(query.VirtualPort)}");
        return Answer;
    }

    private Task<OperationOutcome> Act(string call, IProgress<string>? progress)
    {
        Calls.Add(call);
        foreach (string line in Progress)
        {
            progress?.Report(line);
        }

        OnOperation?.Invoke();
        return Task.FromResult(Outcome);
    }
}
