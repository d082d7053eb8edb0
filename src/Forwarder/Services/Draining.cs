namespace HaLvs.Forwarder.Services;

/// <summary>
/// Drains: weight 0 from the start, and no template leads there any more. When a deadline has passed, what is left ends (a reset to both ends of a
/// TCP connection). The server stays, drained, until it is taken away by whoever owns the service table, or until a new weight above 0 or
/// <see cref="Stop"/> calls the drain off: a drained server that templates found again would not stay empty.
/// </summary>
internal sealed class Draining(ServiceTable services, Action<RealServer> end)
{
    private readonly List<RealServer> _servers = [];

    /// <param name="deadline">Null: none. A drain that is under way gets this one instead of its own.</param>
    /// <param name="connectionsAtStart">Of a drain that began elsewhere or earlier; null: as the server is now.</param>
    /// <returns>NoSuchService, NoSuchServer, or OutOfRange for a negative deadline: nothing was changed.</returns>
    public ServiceOutcome Start(ServerKey key, TimeSpan? deadline, bool takesAway, int? connectionsAtStart, long now)
    {
        if (deadline < TimeSpan.Zero)
        {
            return ServiceOutcome.OutOfRange;
        }

        if (services.Find(in key) is not { } server)
        {
            return Missing(key);
        }

        if (server.Config!.Weight != 0)
        {
            services.EditServer(key.Service, server.Config with { Weight = 0 });
        }

        long? endsAt = deadline is { } limit ? now + (long)limit.TotalMilliseconds : null;
        int atStart = connectionsAtStart ?? server.Drain?.ConnectionsAtStart ?? server.CountedConnections;
        server.Drain = new DrainPlan(endsAt, takesAway, atStart) { RemainingMilliseconds = endsAt - now ?? 0 };
        if (!_servers.Contains(server))
        {
            _servers.Add(server);
        }

        return ServiceOutcome.Done;
    }

    /// <summary>The server stays at weight 0, as if it had been quiesced. Done also when it was not draining.</summary>
    public ServiceOutcome Stop(ServerKey key)
    {
        if (services.Find(in key) is not { } server)
        {
            return Missing(key);
        }

        server.Drain = null;
        return ServiceOutcome.Done;
    }

    /// <param name="serves">False on a standby: the clock goes on, so that a deadline is the same on both nodes, but the active's table is the truth.</param>
    public void Tick(bool serves, long now)
    {
        for (int i = _servers.Count - 1; i >= 0; i--)
        {
            RealServer server = _servers[i];
            if (server.Drain is not { } plan)
            {
                _servers.RemoveAt(i);
                continue;
            }

            plan.RemainingMilliseconds = Math.Max(plan.EndsAt - now ?? 0, 0);
            bool late = plan is { EndsAt: not null, RemainingMilliseconds: 0 };
            if (serves && late && !plan.IsOver && server.HasConnections)
            {
                (plan.IsOver, plan.Ended) = (true, server.CountedConnections);
                end(server);
            }
        }
    }

    private ServiceOutcome Missing(ServerKey key) => services.Find(key.Service) is null ? ServiceOutcome.NoSuchService : ServiceOutcome.NoSuchServer;
}
