using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands.Documents;

/// <summary>`halvs explain --json`.</summary>
/// <param name="Existing">A connection explains it; otherwise it is what a new one would get.</param>
/// <param name="Server">ADDRESS:PORT; null: no server.</param>
/// <param name="Reason">Code of the line that decided.</param>
public sealed record ExplainDocument(bool Existing, string? Server, string Reason, IReadOnlyList<ExplainDocument.Line> Lines)
{
    public static ExplainDocument From(ExplainReply reply) => new(
        reply.Existing, reply.HasServer ? reply.Server : null, reply.Reason, [.. reply.Lines.Select(l => new Line(l.Code, l.Text))]);

    public sealed record Line(string Code, string Text);
}
