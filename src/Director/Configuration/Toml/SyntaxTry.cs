using HaLvs.Director.Configuration.Issues;
using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace HaLvs.Director.Configuration.Toml;

/// <summary>One attempt of the parser: a document, or the first thing (in file order) that is not TOML.</summary>
internal sealed record SyntaxTry(DocumentSyntax? Document, Position ErrorAt, string Message)
{
    public bool Good => Document is not null;

    public static SyntaxTry Of(string text)
    {
        try
        {
            DocumentSyntax document = SyntaxParser.Parse(text, "configuration", validate: false);
            return FirstError(document.Diagnostics) is { } error ? error : new SyntaxTry(document, default, "");
        }
        catch (TomlException exception)
        {
            // Nested deeper than the parser's limit: it gives up rather than risk the stack.
            return FirstError(exception.Diagnostics) ?? new SyntaxTry(null, Position.Start, exception.Message);
        }
    }

    private static SyntaxTry? FirstError(IEnumerable<DiagnosticMessage>? diagnostics)
    {
        DiagnosticMessage? first = diagnostics?.Where(d => d.Kind == DiagnosticMessageKind.Error).MinBy(d => SyntaxPlaces.Of(d.Span));
        return first is null ? null : new SyntaxTry(null, SyntaxPlaces.Of(first.Span), first.Message);
    }
}
