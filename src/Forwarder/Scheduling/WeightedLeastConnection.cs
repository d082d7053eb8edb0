using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>wlc: the smallest overhead by weight, compared crosswise in 64 bits so that nothing is rounded; the first met wins a tie.</summary>
internal sealed class WeightedLeastConnection : Scheduler
{
    public override RealServer? Pick(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        RealServer? least = null;
        foreach (RealServer server in servers)
        {
            if (server.Weight > 0 && (least is null || server.Overhead * least.Weight < least.Overhead * server.Weight))
            {
                least = server;
            }
        }

        return least;
    }
}
