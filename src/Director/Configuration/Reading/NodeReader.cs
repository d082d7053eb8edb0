using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Toml;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>[[node]].</summary>
internal static class NodeReader
{
    public static NodeConfig Read(TomlTable table, IssueList issues)
    {
        var reader = new TableReader(table, NodeTable.Table, issues);
        reader.ReportUnknownKeys();
        bool word = reader.Node(NodeTable.Fence) is TomlText;
        return new NodeConfig(
            table.At,
            reader.Text(NodeTable.Name, WordText.Name),
            reader.Text(NodeTable.Sync, Ipv4Text.EndPoint),
            reader.Has(NodeTable.Sync),
            reader.List(NodeTable.Links, LinkText.Parse),
            reader.Node(NodeTable.Links) is not (null or TomlList { Items.Count: 0 }),
            word ? [] : [.. SubTables.Many(reader, NodeTable.Fence).Select(t => FenceReader.Read(t, issues))],
            reader.Has(NodeTable.Fence),
            word ? reader.Text(NodeTable.Fence, Without) : null);
    }

    private static Parsed<string> Without(string text) => text == NodeTable.WithoutFence
        ? text
        : Parsed.Bad<string>($"\"{text}\" is not a fence device; write [[node.fence]] tables, or fence = \"{NodeTable.WithoutFence}\"");
}
