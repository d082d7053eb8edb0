using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands.Documents;

/// <summary>One connection of `halvs connections --json`; every member but <paramref name="RemainingMs"/> is the same on both nodes of a pair in sync.</summary>
public sealed record ConnectionDocument(string Kind, string Protocol, string Client, string Virtual, string Server, string State, uint RemainingMs)
{
    public static ConnectionDocument From(Connection c) => new(c.Kind, c.Protocol, c.Client, c.Virtual, c.Server, c.State, c.RemainingMilliseconds);
}
