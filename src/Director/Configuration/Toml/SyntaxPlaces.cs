using HaLvs.Director.Configuration.Issues;
using Tomlyn.Syntax;

namespace HaLvs.Director.Configuration.Toml;

/// <summary>Names and places of syntax nodes; Tomlyn counts from 0, editors from 1.</summary>
internal static class SyntaxPlaces
{
    public static Position Of(SyntaxNodeBase node) => Of(node.Span);

    public static Position Of(SourceSpan span) => new(Math.Max(span.Start.Line, 0) + 1, Math.Max(span.Start.Column, 0) + 1);

    /// <summary>The parts of a dotted key; fewer than written when a part could not be parsed.</summary>
    public static List<(string Name, Position At)> NamesOf(KeySyntax key)
    {
        var names = new List<(string, Position)>();
        Add(names, key.Key);
        foreach (DottedKeyItemSyntax dotted in key.DotKeys)
        {
            Add(names, dotted.Key);
        }

        return names;
    }

    private static void Add(List<(string, Position)> names, BareKeyOrStringValueSyntax? key)
    {
        string? name = key switch
        {
            BareKeySyntax bare => bare.Key?.Text,
            StringValueSyntax text => text.Value,
            _ => null,
        };
        if (key is not null && name is not null)
        {
            names.Add((name, Of(key)));
        }
    }
}
