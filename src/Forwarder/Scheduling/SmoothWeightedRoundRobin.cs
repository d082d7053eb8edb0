using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// swrr: each server earns its weight with every pick, the richest is picked and pays what all have earned. Heavy servers are spread over the round
/// instead of coming in bursts: weights 5, 1, 1 give a a b a c a a (the way of nginx, ngx_http_upstream_round_robin).
/// </summary>
internal sealed class SmoothWeightedRoundRobin : Scheduler
{
    /// <summary>What each server has, by its index.</summary>
    private readonly List<long> _savings = [];

    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        int richest = Richest(servers, out _);
        return richest < 0 ? null : servers[richest];
    }

    public override RealServer? Pick(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        int richest = Richest(servers, out long earned);
        if (richest < 0)
        {
            return null;
        }

        for (int i = 0; i < servers.Length; i++)
        {
            _savings[i] += servers[i].TakesConnections ? servers[i].Share : 0;
        }

        _savings[richest] -= earned;
        return servers[richest];
    }

    public override void Start(ReadOnlySpan<RealServer> servers)
    {
        _savings.Clear();
        for (int i = 0; i < servers.Length; i++)
        {
            _savings.Add(0);
        }
    }

    public override void ServerAdded(ReadOnlySpan<RealServer> servers) => _savings.Insert(0, 0);

    /// <summary>Only differences between savings count, so the others go on as they are; so they do when weights are edited.</summary>
    public override void ServerRemoved(int index, ReadOnlySpan<RealServer> servers) => _savings.RemoveAt(index);

    private int Richest(ReadOnlySpan<RealServer> servers, out long earned)
    {
        int richest = -1;
        earned = 0;
        for (int i = 0; i < servers.Length; i++)
        {
            if (servers[i].TakesConnections)
            {
                earned += servers[i].Share;
                richest = richest < 0 || _savings[i] + servers[i].Share > _savings[richest] + servers[richest].Share ? i : richest;
            }
        }

        return richest;
    }
}
