using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Toml;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>Typed reads of one table. Each method reports what is wrong at its place and then returns null: no error hides another.</summary>
internal sealed class TableReader(TomlTable table, KeyTable keys, IssueList issues)
{
    public Position At => table.At;

    public IssueList Issues => issues;

    public bool Has(KnownKey key) => table.Find(key.Name) is not null;

    public TomlNode? Node(KnownKey key) => table.Find(key.Name)?.Value;

    public string PathOf(KnownKey key) => table.PathOf(key.Name);

    /// <summary>Reports every key that this table does not know, and what was probably meant.</summary>
    public void ReportUnknownKeys()
    {
        foreach (TomlEntry entry in table.Entries.Where(e => !keys.Names.Contains(e.Name)))
        {
            issues.Error(entry.At, table.PathOf(entry.Name), UnknownKeyText.For(entry.Name, keys));
        }
    }

    /// <summary>A text that <paramref name="parse"/> understands. Null also when absent; reported then only if required.</summary>
    public Setting<T>? Text<T>(KnownKey key, Func<string, Parsed<T>> parse)
    {
        TomlNode? node = Present(key);
        return node is null ? null : Parse(node, key, parse);
    }

    public Setting<string>? Text(KnownKey key, Func<string, Parsed<string>> parse, string defaultValue) =>
        Has(key) ? Text(key, parse) : new Setting<string>(defaultValue, At, Given: false);

    public Setting<bool>? Flag(KnownKey key, bool defaultValue) => Present(key) switch
    {
        null => new Setting<bool>(defaultValue, At, Given: false),
        TomlFlag flag => new Setting<bool>(flag.Value, flag.At),
        var node => WrongKind<bool>(node, key, "write true or false, without quotes"),
    };

    public Setting<int>? Whole(KnownKey key, int minimum, int maximum, int defaultValue) =>
        Whole(key, minimum, (long)maximum, defaultValue) is { } number ? new Setting<int>((int)number.Value, number.At, number.Given) : null;

    /// <summary>The kernel's 32-bit numbers: marks and thresholds.</summary>
    public Setting<uint>? Unsigned(KnownKey key, uint minimum, uint defaultValue) =>
        Whole(key, minimum, uint.MaxValue, defaultValue) is { } number ? new Setting<uint>((uint)number.Value, number.At, number.Given) : null;

    private Setting<long>? Whole(KnownKey key, long minimum, long maximum, long defaultValue)
    {
        switch (Present(key))
        {
            case null:
                return new Setting<long>(defaultValue, At, Given: false);
            case TomlNumber number when number.Value >= minimum && number.Value <= maximum:
                return new Setting<long>(number.Value, number.At);
            case TomlNumber number:
                issues.Error(number.At, PathOf(key), $"{number.Value} is out of range; write {minimum} to {maximum}");
                return null;
            case var node:
                return WrongKind<long>(node, key, $"write a number from {minimum} to {maximum}, without quotes");
        }
    }

    /// <summary>Longer than zero.</summary>
    public Setting<TimeSpan>? Duration(KnownKey key, TimeSpan defaultValue) => Duration(key, defaultValue, DurationText.Parse);

    /// <param name="parse">Which durations this key takes.</param>
    public Setting<TimeSpan>? Duration(KnownKey key, TimeSpan defaultValue, Func<string, Parsed<TimeSpan>> parse)
    {
        TomlNode? node = Present(key);
        if (node is TomlNumber number)
        {
            issues.Error(number.At, PathOf(key), DurationText.WithoutUnit($"{number.Value}"));
            return null;
        }

        Setting<TimeSpan>? time = node is null ? new Setting<TimeSpan>(defaultValue, At, Given: false) : Parse(node, key, parse);
        if (time?.Value < TimeSpan.FromMilliseconds(1))
        {
            issues.Error(time.At, PathOf(key), $"is shorter than a millisecond; write {key.Example}");
            return null;
        }

        return time;
    }

    /// <summary>The items that could be read; the others are reported.</summary>
    public IReadOnlyList<Setting<T>> List<T>(KnownKey key, Func<string, Parsed<T>> parse)
    {
        switch (Present(key))
        {
            case null or TomlBroken:
                return [];
            case TomlList list:
                return [.. list.Items.Select(i => Parse(i, key, parse)).OfType<Setting<T>>()];
            case var node:
                WrongKind<T>(node, key, $"write a list in brackets: {key.Example}");
                return [];
        }
    }

    private TomlNode? Present(KnownKey key)
    {
        TomlNode? node = Node(key);
        if (node is null && key.Required)
        {
            issues.Error(At, PathOf(key), $"is missing; add {key.Example}");
        }

        return node;
    }

    private Setting<T>? Parse<T>(TomlNode node, KnownKey key, Func<string, Parsed<T>> parse)
    {
        if (node is not TomlText text)
        {
            return WrongKind<T>(node, key, $"write {key.Example}");
        }

        Parsed<T> parsed = parse(text.Value);
        if (parsed.Complaint is not null)
        {
            issues.Error(text.At, PathOf(key), parsed.Complaint);
            return null;
        }

        return new Setting<T>(parsed.Value!, text.At);
    }

    private Setting<T>? WrongKind<T>(TomlNode node, KnownKey key, string right)
    {
        if (node is not TomlBroken)
        {
            issues.Error(node.At, PathOf(key), $"is {node.Kind}; {right}");
        }

        return null;
    }
}
