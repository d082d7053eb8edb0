using HaLvs.Director.Commands;
using HaLvs.Director.Control;
using HaLvs.Director.Loops;
using HaLvs.Director.Runtime;
using HaLvs.Director.Tests.Runtime;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Tests.Control;

/// <summary>A service table on a core of its own, without disk and standby.</summary>
internal sealed class RuntimeDouble : IRuntimeOperations
{
    private readonly ForwardingCore _core = new(new ForwardingCoreOptions { Capacity = 4096, VirtualAddresses = [Ip.Parse("192.0.2.100")] });
    private readonly CoreChanges _changes;

    public RuntimeDouble() => _changes = new CoreChanges(_core, new RecordedNetwork());

    public List<string> Who { get; } = [];

    public int Transactions { get; private set; }

    public string? Refusal { get; set; }

    public string? Warning { get; set; }

    public Task<ChangeReport> ChangeAsync(IReadOnlyList<ServiceChange> changes, string who, CancellationToken cancel)
    {
        if (Refusal is not null)
        {
            throw new OperatorException(Refusal);
        }

        Transactions++;
        Who.Add(who);
        return Task.FromResult(new ChangeReport([.. changes.Select(c => _changes.Apply(c, DataPlane.Now))], Warning));
    }

    /// <summary>A drain that takes longer than anybody waits.</summary>
    public bool DrainsForEver { get; set; }

    public async Task<OperationOutcome> DrainAsync(
        string service, string server, TimeSpan deadline, bool remove, string who, IProgress<string> progress, CancellationToken cancel)
    {
        progress.Report("3 connections left");
        await Task.Delay(DrainsForEver ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancel);
        return (new OperationOutcome(true, $"{server} of {service}: drained within {deadline.TotalSeconds} s{(remove ? ", removed" : "")}"));
    }

    public Task<OperationOutcome> CancelDrainAsync(string service, string server, string who, CancellationToken cancel) =>
        Task.FromResult(new OperationOutcome(true, $"{server} of {service}: the drain is called off"));

    public TableContents Contents() => new(_core.ListServices(), _core.Options.Timeouts, [.. _changes.Daemons], _core.Options.Capacity);
}
