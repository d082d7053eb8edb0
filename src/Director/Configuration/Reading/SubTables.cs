using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Toml;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>Tables inside tables, with an explanation where [x] stands for [[x]] or the other way round.</summary>
internal static class SubTables
{
    /// <summary>The one table under the key; null when absent, or, reported, when it is something else.</summary>
    public static TomlTable? One(TableReader reader, KnownKey key)
    {
        switch (reader.Node(key))
        {
            case null or TomlBroken:
                return null;
            case TomlTable table:
                return table;
            case TomlTableList list:
                reader.Issues.Error(list.At, reader.PathOf(key), $"stands once in the file; write {key.Example} with single brackets");
                return list.Tables[0];
            case var node:
                reader.Issues.Error(node.At, reader.PathOf(key), $"is {node.Kind}, not a table; write {key.Example}");
                return null;
        }
    }

    /// <summary>The tables under the key, in file order. [[key]] and key = [{ ... }] are the same to TOML.</summary>
    public static IReadOnlyList<TomlTable> Many(TableReader reader, KnownKey key)
    {
        switch (reader.Node(key))
        {
            case null or TomlBroken:
                return [];
            case TomlTableList list:
                return list.Tables;
            case TomlList list when list.Items.All(i => i is TomlTable or TomlBroken):
                return [.. list.Items.OfType<TomlTable>()];
            case TomlTable table:
                reader.Issues.Error(table.At, reader.PathOf(key), $"is a list of tables; write [[{reader.PathOf(key)}]] with double brackets");
                return [table];
            case var node:
                reader.Issues.Error(node.At, reader.PathOf(key), $"is {node.Kind}, not a list of tables; write [[{reader.PathOf(key)}]]");
                return [];
        }
    }

    /// <summary>A required table that is not there: its own keys are not reported one by one.</summary>
    public static void ReportMissing(IssueList issues, KnownKey key) =>
        issues.Error(Position.Start, key.Name, $"is missing; add the table {key.Example}");
}
