using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>nq: the first server met without active connections, whatever its weight; without one, the shortest expected delay as sed has it.</summary>
internal sealed class NeverQueue : Scheduler
{
    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        RealServer? least = null;
        foreach (RealServer server in servers)
        {
            if (!server.TakesConnections)
            {
                continue;
            }

            if (server.ActiveConnections == 0)
            {
                return server;
            }

            least = least is null || ShortestExpectedDelay.IsShorter(server, least) ? server : least;
        }

        return least;
    }
}
