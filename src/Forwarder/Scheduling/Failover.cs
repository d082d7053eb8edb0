using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>fo: the heaviest server that takes connections gets them all.</summary>
internal sealed class Failover : Scheduler
{
    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        RealServer? heaviest = null;
        foreach (RealServer server in servers)
        {
            if (server.TakesConnections && (heaviest is null || server.Weight > heaviest.Weight))
            {
                heaviest = server;
            }
        }

        return heaviest;
    }
}
