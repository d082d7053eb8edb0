using System.Collections.Immutable;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Explaining;

/// <summary>The way of a packet, step by step as the core would go it.</summary>
/// <param name="Server">Where it goes; null: to no server.</param>
/// <param name="Existing">A connection explains it; otherwise it is what a new one would get.</param>
public sealed record Explanation(bool Existing, Ip? Server, ushort ServerPort, ImmutableArray<ExplanationLine> Lines)
{
    /// <summary>Code of the line that decided: the last one.</summary>
    public string Reason => Lines.IsEmpty ? "" : Lines[^1].Code;
}

/// <param name="Code">Stable, for programs; see <see cref="ExplanationCode"/>.</param>
/// <param name="Text">For people.</param>
public sealed record ExplanationLine(string Code, string Text);
