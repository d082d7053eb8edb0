using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// ovf: the heaviest server until it has more active connections than its weight (so weight + 1 fit), then the next. UDP has no active
/// connections and never overflows.
/// </summary>
internal sealed class Overflow : Scheduler
{
    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        RealServer? heaviest = null;
        foreach (RealServer server in servers)
        {
            bool hasRoom = server.TakesConnections && server.ActiveConnections <= server.Weight;
            if (hasRoom && (heaviest is null || server.Weight > heaviest.Weight))
            {
                heaviest = server;
            }
        }

        return heaviest;
    }
}
