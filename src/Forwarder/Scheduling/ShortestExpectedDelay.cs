using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>sed: the shortest expected delay, active connections (this one included) by weight. Inactive ones do not count, so UDP goes to the heaviest.</summary>
internal sealed class ShortestExpectedDelay : Scheduler
{
    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        RealServer? least = null;
        foreach (RealServer server in servers)
        {
            if (server.TakesConnections && (least is null || IsShorter(server, least)))
            {
                least = server;
            }
        }

        return least;
    }

    public static bool IsShorter(RealServer a, RealServer b) => (a.ActiveConnections + 1L) * b.Share < (b.ActiveConnections + 1L) * a.Share;
}
