using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Toml;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>[guard]; the whole table may be left out.</summary>
internal static class GuardReader
{
    public static GuardConfig Read(TomlTable? table, IssueList issues)
    {
        var reader = new TableReader(table ?? new TomlTable(Position.Start, GuardTable.Table.Path), GuardTable.Table, issues);
        reader.ReportUnknownKeys();
        return new GuardConfig(
            reader.Text(GuardTable.SynCookies, WordText.OneOf("a mode", GuardTable.Modes), GuardTable.Modes[(int)GuardTable.Defaults.Mode]),
            reader.Whole(GuardTable.ServiceThreshold, 1, int.MaxValue, GuardTable.Defaults.ServiceThreshold),
            reader.Whole(GuardTable.TableThreshold, 0, int.MaxValue, GuardTable.Defaults.TableThreshold),
            reader.Whole(GuardTable.ClientConnections, 0, int.MaxValue, GuardTable.DefaultLimits.ConcurrentConnections),
            reader.Whole(GuardTable.ClientRate, 0, int.MaxValue, GuardTable.DefaultLimits.NewConnectionsPerSecond));
    }
}
