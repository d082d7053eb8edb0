using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>rr: the next server after the last pick; weights only tell quiesced from not.</summary>
internal sealed class RoundRobin : Scheduler
{
    private const int None = -1;
    private const int BeforeFirst = -1;
    private int _last = BeforeFirst;

    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        int next = Next(servers);
        return next == None ? null : servers[next];
    }

    public override RealServer? Pick(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        int next = Next(servers);
        if (next == None)
        {
            return null;
        }

        _last = next;
        return servers[next];
    }

    public override void ServerAdded(ReadOnlySpan<RealServer> servers)
    {
        if (_last != BeforeFirst)
        {
            _last++;
        }
    }

    /// <summary>A pointer to the removed server moves to its predecessor.</summary>
    public override void ServerRemoved(int index, ReadOnlySpan<RealServer> servers)
    {
        if (_last >= index)
        {
            _last--;
        }
    }

    private int Next(ReadOnlySpan<RealServer> servers)
    {
        for (int step = 1; step <= servers.Length; step++)
        {
            int index = (_last + step) % servers.Length;
            if (servers[index].TakesConnections)
            {
                return index;
            }
        }

        return None;
    }
}
