using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Toml;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>[[mark]].</summary>
internal static class MarkReader
{
    public static MarkConfig Read(TomlTable table, IssueList issues)
    {
        var reader = new TableReader(table, MarkTable.Table, issues);
        reader.ReportUnknownKeys();
        return new MarkConfig(
            table.At,
            reader.Unsigned(MarkTable.Mark, 1, 1),
            reader.Text(MarkTable.From, PrefixText.Network),
            reader.Text(MarkTable.To, PrefixText.Network),
            reader.Text(MarkTable.Protocol, ListenText.Protocol),
            reader.List(MarkTable.Ports, PortRangeText.Parse));
    }
}
