using HaLvs.Director.Configuration.Issues;
using Tomlyn.Syntax;

namespace HaLvs.Director.Configuration.Toml;

/// <summary>Keys and values of one table. The parser bounds nesting, so the recursion is bounded.</summary>
internal sealed class TomlValueBuilder(IssueList issues, IReadOnlySet<int> brokenLines)
{
    private const int MaximumDepth = 8;

    public void AddAll(TomlTable table, IEnumerable<KeyValueSyntax> pairs)
    {
        foreach (KeyValueSyntax pair in pairs)
        {
            Add(table, pair);
        }
    }

    /// <summary>The table of that name, made when new; the last one of a list. Null, and reported, when the name is a value.</summary>
    public TomlTable? Descend(TomlTable parent, string name, Position at)
    {
        switch (parent.Find(name)?.Value)
        {
            case null:
                var made = new TomlTable(at, parent.PathOf(name));
                parent.Add(new TomlEntry(name, at, made));
                return made;
            case TomlTable { IsInline: false } table:
                return table;
            case TomlTableList list:
                return list.Tables[^1];
            case var other:
                issues.Error(at, parent.PathOf(name), $"is already {other.Kind} on line {other.At.Line}; nothing can be put below it, use one of the two");
                return null;
        }
    }

    private void Add(TomlTable table, KeyValueSyntax pair)
    {
        if (pair.Key is null || SyntaxPlaces.NamesOf(pair.Key) is not { Count: > 0 } names)
        {
            return;
        }

        if (names.Count > MaximumDepth)
        {
            issues.Error(names[0].At, names[0].Name, "the key has too many parts; no key has more than one dot");
            return;
        }

        TomlTable? target = table;
        foreach ((string name, Position at) in names.Take(names.Count - 1))
        {
            target = target is null ? null : Descend(target, name, at);
        }

        if (target is not null)
        {
            AddOnce(target, names[^1].Name, names[^1].At, pair);
        }
    }

    private void AddOnce(TomlTable table, string name, Position at, KeyValueSyntax pair)
    {
        if (table.Find(name) is { } earlier)
        {
            issues.Error(at, table.PathOf(name), $"is set twice, first on line {earlier.At.Line}; keep one of the two");
            return;
        }

        TomlNode value = brokenLines.Contains(at.Line) ? new TomlBroken(at) : Value(pair.Value, at, table.PathOf(name));
        table.Add(new TomlEntry(name, at, value));
    }

    private TomlNode Value(ValueSyntax? syntax, Position keyAt, string path)
    {
        Position at = syntax is null ? keyAt : SyntaxPlaces.Of(syntax);
        return syntax switch
        {
            StringValueSyntax text => new TomlText(at, text.Value ?? ""),
            IntegerValueSyntax number => new TomlNumber(at, number.Value),
            BooleanValueSyntax flag => new TomlFlag(at, flag.Value),
            FloatValueSyntax => new TomlOther(at, "a number with a fraction"),
            DateTimeValueSyntax => new TomlOther(at, "a date or time"),
            ArraySyntax list => new TomlList(at, [.. list.Items.Select(i => Value(i.Value, at, path))]),
            InlineTableSyntax inline => Inline(inline, at, path),
            _ => new TomlBroken(at),
        };
    }

    private TomlTable Inline(InlineTableSyntax inline, Position at, string path)
    {
        var table = new TomlTable(at, path) { Header = at, IsInline = true };
        AddAll(table, inline.Items.Select(i => i.KeyValue).OfType<KeyValueSyntax>());
        return table;
    }
}
