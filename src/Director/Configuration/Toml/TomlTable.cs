using HaLvs.Director.Configuration.Issues;

namespace HaLvs.Director.Configuration.Toml;

/// <summary>A table: written as [header], inline, or by dotted keys. Entries in file order.</summary>
internal sealed class TomlTable(Position at, string path) : TomlNode(at)
{
    private readonly Dictionary<string, TomlEntry> byName = new(StringComparer.Ordinal);
    private readonly List<TomlEntry> entries = [];

    /// <summary>Dotted, "node.fence"; empty for the file itself.</summary>
    public string Path { get; } = path;

    /// <summary>Where the table got its own [header]; null when it only came into being by a sub-table or dotted key.</summary>
    public Position? Header { get; set; }

    /// <summary>Inline tables are closed: TOML 1.0 forbids adding to them.</summary>
    public bool IsInline { get; init; }

    public override string Kind => "a table";

    public IReadOnlyList<TomlEntry> Entries => entries;

    public TomlEntry? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The name must be new.</summary>
    public void Add(TomlEntry entry)
    {
        byName.Add(entry.Name, entry);
        entries.Add(entry);
    }

    public string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}

/// <summary>Tables under one [[header]], in file order.</summary>
internal sealed class TomlTableList(Position at) : TomlNode(at)
{
    public List<TomlTable> Tables { get; } = [];

    public override string Kind => "a list of tables";
}

/// <param name="At">Where the key stands; the value has its own place.</param>
internal sealed record TomlEntry(string Name, Position At, TomlNode Value);
