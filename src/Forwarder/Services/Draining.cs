namespace HaLvs.Forwarder.Services;

/// <summary>
/// Drains with a deadline: weight 0 from the start, and no template leads there any more. A server without connections, or one whose deadline has
/// passed, is done: what is left ends (a reset to both ends of a TCP connection), and the server goes if the operator said so. A new weight above
/// 0 calls the drain off.
/// </summary>
internal sealed class Draining(ServiceTable services, ServerRegistry servers, Action<RealServer> end)
{
    private readonly List<RealServer> _servers = [];

    /// <returns>NoSuchService, NoSuchServer, or OutOfRange for a negative deadline: nothing was changed.</returns>
    public ServiceOutcome Start(ServerKey key, TimeSpan deadline, bool takesAway, long now)
    {
        if (deadline < TimeSpan.Zero)
        {
            return ServiceOutcome.OutOfRange;
        }

        RealServer? server = services.Find(key.Service) is null ? null : servers.Find(key);
        if (server is not { IsConfigured: true })
        {
            return services.Find(key.Service) is null ? ServiceOutcome.NoSuchService : ServiceOutcome.NoSuchServer;
        }

        services.EditServer(key.Service, server.Config! with { Weight = 0 });
        long endsAt = now + (long)deadline.TotalMilliseconds;
        server.Drain = new DrainPlan(endsAt, takesAway, server.CountedConnections) { RemainingMilliseconds = endsAt - now };
        if (!_servers.Contains(server))
        {
            _servers.Add(server);
        }

        return ServiceOutcome.Done;
    }

    /// <summary>True when a server was taken away: the service table has changed.</summary>
    public bool Tick(long now)
    {
        bool changed = false;
        for (int i = _servers.Count - 1; i >= 0; i--)
        {
            RealServer server = _servers[i];
            if (server.Drain is not { } plan)
            {
                _servers.RemoveAt(i);
                continue;
            }

            plan.RemainingMilliseconds = Math.Max(plan.EndsAt - now, 0);
            changed |= Advance(server, plan);
        }

        return changed;
    }

    private bool Advance(RealServer server, DrainPlan plan)
    {
        bool late = plan.RemainingMilliseconds == 0;
        if (late && !plan.IsOver && server.HasConnections)
        {
            plan.IsOver = true;
            end(server);
        }

        if (!plan.TakesAway || !(late || server.CountedConnections == 0))
        {
            return false;
        }

        services.DeleteServer(server.Key);
        return true;
    }
}
