using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>lc: the smallest overhead; the first met wins a tie, so the newest.</summary>
internal sealed class LeastConnection : Scheduler
{
    public override RealServer? Pick(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        RealServer? least = null;
        foreach (RealServer server in servers)
        {
            if (server.Weight > 0 && (least is null || server.Overhead < least.Overhead))
            {
                least = server;
            }
        }

        return least;
    }
}
