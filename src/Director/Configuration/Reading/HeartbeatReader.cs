using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Toml;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>[heartbeat]; the whole table may be left out.</summary>
internal static class HeartbeatReader
{
    public static HeartbeatConfig Read(TomlTable? table, IssueList issues)
    {
        HeartbeatModel defaults = HeartbeatTable.Defaults;
        var reader = new TableReader(table ?? new TomlTable(Position.Start, HeartbeatTable.Table.Path), HeartbeatTable.Table, issues);
        reader.ReportUnknownKeys();
        return new HeartbeatConfig(
            reader.Duration(HeartbeatTable.Interval, defaults.Interval),
            reader.Duration(HeartbeatTable.Warn, defaults.Warn),
            reader.Duration(HeartbeatTable.Dead, defaults.Dead),
            reader.Duration(HeartbeatTable.Start, defaults.Start),
            reader.List(HeartbeatTable.Ping, Ipv4Text.Host));
    }
}
