using HaLvs.Director.Configuration.Issues;
using Tomlyn.Syntax;

namespace HaLvs.Director.Configuration.Toml;

/// <summary>
/// Turns a parsed document into tables with places. Reports what TOML 1.0 forbids and the parser lets pass: a key or table twice, a table that is also a value.
/// </summary>
internal sealed class TomlTreeBuilder(IssueList issues, IReadOnlySet<int> brokenLines)
{
    /// <summary>The configuration needs three; a thousand dots in a key are a mistake or an attack.</summary>
    private const int MaximumDepth = 8;

    private readonly TomlValueBuilder values = new(issues, brokenLines);

    public TomlTable Build(DocumentSyntax document)
    {
        var root = new TomlTable(Position.Start, "") { Header = Position.Start };
        values.AddAll(root, document.KeyValues);
        foreach (TableSyntaxBase syntax in document.Tables)
        {
            if (TableOf(root, syntax) is { } table)
            {
                values.AddAll(table, syntax.Items);
            }
        }

        return root;
    }

    private TomlTable? TableOf(TomlTable root, TableSyntaxBase syntax)
    {
        if (syntax.Name is null || SyntaxPlaces.NamesOf(syntax.Name) is not { Count: > 0 and <= MaximumDepth } names)
        {
            if (syntax.Name is not null)
            {
                issues.Error(SyntaxPlaces.Of(syntax), "table", "the name has too many parts; the deepest table is [node.fence.options]");
            }

            return null;
        }

        Position at = SyntaxPlaces.Of(syntax);
        TomlTable? parent = root;
        foreach ((string name, _) in names.Take(names.Count - 1))
        {
            parent = parent is null ? null : values.Descend(parent, name, at);
        }

        return parent is null ? null : syntax is TableArraySyntax ? NewListItem(parent, names[^1].Name, at) : Open(parent, names[^1].Name, at);
    }

    private TomlTable? Open(TomlTable parent, string name, Position at)
    {
        TomlNode? existing = parent.Find(name)?.Value;
        if (existing is TomlTable { Header: null, IsInline: false } implicitTable)
        {
            implicitTable.Header = at;
            return implicitTable;
        }

        if (existing is not null)
        {
            string path = parent.PathOf(name);
            issues.Error(at, path, existing is TomlTableList
                ? $"is a list of tables since line {existing.At.Line}; write [[{path}]]"
                : $"stands already on line {existing.At.Line}; put all its keys there, once");
            return null;
        }

        var table = new TomlTable(at, parent.PathOf(name)) { Header = at };
        parent.Add(new TomlEntry(name, at, table));
        return table;
    }

    private TomlTable? NewListItem(TomlTable parent, string name, Position at)
    {
        TomlNode? existing = parent.Find(name)?.Value;
        if (existing is not (null or TomlTableList))
        {
            issues.Error(at, parent.PathOf(name), $"stands already on line {existing.At.Line}, not as a list of tables; write [[{parent.PathOf(name)}]] there too");
            return null;
        }

        if (existing is null)
        {
            existing = new TomlTableList(at);
            parent.Add(new TomlEntry(name, at, existing));
        }

        var table = new TomlTable(at, parent.PathOf(name)) { Header = at };
        ((TomlTableList)existing).Tables.Add(table);
        return table;
    }
}
