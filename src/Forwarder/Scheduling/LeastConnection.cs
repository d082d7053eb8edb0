using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>lc: the smallest overhead; the first met wins a tie, so the newest.</summary>
internal sealed class LeastConnection : Scheduler
{
    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        RealServer? least = null;
        foreach (RealServer server in servers)
        {
            if (server.TakesConnections && (least is null || server.Overhead < least.Overhead))
            {
                least = server;
            }
        }

        return least;
    }
}
