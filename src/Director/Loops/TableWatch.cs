using HaLvs.Director.Reports;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Loops;

/// <summary>Tells when the connection table becomes full and when there is room again: once each. It reports, it decides nothing.</summary>
/// <param name="isFull">Asked without the gate: a plain number that one thread writes.</param>
public sealed class TableWatch(Func<bool> isFull, int capacity, EventLog events)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    private bool _told;

    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(cancel))
            Look();
    }

    public void Look()
    {
        bool full = isFull();
        if (full == _told)
            return;
        _told = full;
        if (full)
        {
            events.Add(EventSeverity.Alarm, "table",
                $"the connection table is full ({capacity} connections): new flows are refused or take the place of half-open ones, established ones go on. "
                + "Raise network.connection-capacity, or find the flood (halvs connections, halvs status: drops)");
        }
        else
        {
            events.Add(EventSeverity.Notice, "table", "the connection table has room again");
        }
    }
}
