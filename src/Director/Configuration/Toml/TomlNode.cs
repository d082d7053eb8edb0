using HaLvs.Director.Configuration.Issues;

namespace HaLvs.Director.Configuration.Toml;

/// <summary>A value of the file with its place.</summary>
internal abstract class TomlNode(Position at)
{
    public Position At { get; } = at;

    /// <summary>"a text", "a number": for messages.</summary>
    public abstract string Kind { get; }
}

internal sealed class TomlText(Position at, string value) : TomlNode(at)
{
    public string Value { get; } = value;

    public override string Kind => "a text";
}

internal sealed class TomlNumber(Position at, long value) : TomlNode(at)
{
    public long Value { get; } = value;

    public override string Kind => "a number";
}

internal sealed class TomlFlag(Position at, bool value) : TomlNode(at)
{
    public bool Value { get; } = value;

    public override string Kind => "true or false";
}

internal sealed class TomlList(Position at, IReadOnlyList<TomlNode> items) : TomlNode(at)
{
    public IReadOnlyList<TomlNode> Items { get; } = items;

    public override string Kind => "a list";
}

/// <summary>TOML has more kinds of values than the configuration uses: fractions, dates.</summary>
internal sealed class TomlOther(Position at, string kind) : TomlNode(at)
{
    public override string Kind => kind;
}

/// <summary>A value that could not be parsed and has been reported; nothing more is said about it.</summary>
internal sealed class TomlBroken(Position at) : TomlNode(at)
{
    public override string Kind => "unreadable";
}
