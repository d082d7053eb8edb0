using HaLvs.Forwarder;

namespace HaLvs.Director.Runtime;

/// <summary>
/// Tries a transaction out on a core of its own, without connections: what each change comes to and what the table then is are known, and written to
/// disk, before the packets' table is touched. Whatever is slow or fails (the kernel's network, a defect) does so here, outside the gate. One thread.
/// </summary>
internal sealed class TableDraft
{
    private readonly ForwardingCore _core = new(new ForwardingCoreOptions { Capacity = 1, VirtualAddresses = [] });
    private readonly IMachineNetwork _network;

    public TableDraft(IMachineNetwork network)
    {
        _network = network;
        _core.SetTimersFrozen(true, 0); // Servers that go have no connections to end.
    }

    public (IReadOnlyList<ChangeOutcome> Outcomes, RuntimeSnapshot After) Try(RuntimeSnapshot before, IReadOnlyList<ServiceChange> changes)
    {
        CoreChanges transaction = new(_core, _network, before.Daemons);
        List<ChangeOutcome> outcomes = [];
        _core.Together(() =>
        {
            _core.ClearServices(0);
            _core.ApplyServices(before.Services);
            _core.Configure(_core.Options with { Timeouts = before.Timeouts });
            outcomes.AddRange(changes.Select(c => transaction.Apply(c, 0)));
        });
        var services = _core.ExportServices();
        return (outcomes, before with
        {
            Services = services,
            Timeouts = _core.Options.Timeouts,
            Daemons = [.. transaction.Daemons],
            Drains = LiveDrains.Of(before.Drains, services),
        });
    }
}
