using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands.Documents;

/// <summary>One connection of `halvs connections --json`; every member but <paramref name="RemainingMs"/> is the same on both nodes of a pair in sync.</summary>
/// <param name="Control">"CLIENT VIRTUAL" of the connection that controls this one; null: none.</param>
/// <param name="Gateway">hairpin: as whom the server sees the client.</param>
/// <param name="CallId">Of a template that a SIP message made; null: it has none.</param>
public sealed record ConnectionDocument(
    string Kind, string Protocol, string Client, string Virtual, string Server, string State, uint RemainingMs, uint Mark,
    IReadOnlyList<string> Traits, string? Control, string? Gateway, int ClientShift, int ServerShift, string? CallId)
{
    public static ConnectionDocument From(Connection c) => new(
        c.Kind, c.Protocol, c.Client, c.Virtual, c.Server, c.State, c.RemainingMilliseconds, c.Mark, [.. c.Traits],
        c.HasControlClient ? $"{c.ControlClient} {c.ControlVirtual}" : null, c.HasGateway ? c.Gateway : null, c.ClientShift, c.ServerShift, c.HasCallId ? c.CallId : null);
}
