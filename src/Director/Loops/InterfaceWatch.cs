using System.Collections.Immutable;
using HaLvs.Director.Reports;
using HaLvs.Heartbeat;
using HaLvs.Linux;
using HaLvs.Linux.Netlink;

namespace HaLvs.Director.Loops;

/// <summary>Follows the carrier of the director's interfaces; each change is an event. It reports, it decides nothing.</summary>
public sealed class InterfaceWatch(ImmutableArray<string> names, EventLog events)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, bool> _carriers = [];

    public ImmutableArray<(string Name, bool Carrier)> Carriers()
    {
        lock (_gate)
            return [.. names.Select(n => (n, _carriers.GetValueOrDefault(n)))];
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        using var netlink = new Rtnetlink();
        string? told = null;
        using var timer = new PeriodicTimer(Every);
        do
        {
            try
            {
                foreach (var name in names)
                    Look(netlink, name);
                told = null;
            }
            catch (LinuxException e) when (e.Message != told)
            {
                events.Add(EventSeverity.Warning, "interface", told = e.Message);
            }
            catch (LinuxException)
            {
                // Told already; it is looked at again in a moment.
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    private void Look(Rtnetlink netlink, string name)
    {
        var carrier = netlink.FindLink(name) is { HasCarrier: true };
        bool changed;
        lock (_gate)
        {
            changed = _carriers.TryGetValue(name, out var before) ? before != carrier : !carrier;
            _carriers[name] = carrier;
        }
        if (changed)
            events.Add(carrier ? EventSeverity.Notice : EventSeverity.Warning, "interface", $"{name} {(carrier ? "has its carrier back" : "lost its carrier")}");
    }
}
