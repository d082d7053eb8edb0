using HaLvs.Director.Control;
using HaLvs.Director.Loops;
using HaLvs.Director.Reports;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Tests.Loops;

public sealed class TableWatchTests
{
    [Fact]
    public async Task Look_FullThenRoom_OneAlarmAndOneAllClear()
    {
        using EventLog events = new(TimeProvider.System);
        bool full = false;
        TableWatch watch = new(() => full, 1024, events);
        watch.Look();
        full = true;
        watch.Look();
        watch.Look();
        full = false;
        watch.Look();
        watch.Look();
        List<DirectorEvent> told = [];
        await foreach (DirectorEvent e in events.ReadAsync(follow: false, CancellationToken.None))
            told.Add(e);
        Assert.Equal([(EventSeverity.Alarm, "table"), (EventSeverity.Notice, "table")], told.Select(e => (e.Severity, e.Kind)));
        Assert.Contains("1024 connections", told[0].Text, StringComparison.Ordinal);
    }
}
