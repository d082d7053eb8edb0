using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>wlc: the smallest overhead by weight, compared crosswise in 64 bits so that nothing is rounded; the first met wins a tie.</summary>
internal sealed class WeightedLeastConnection : Scheduler
{
    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection) => Least(servers);

    /// <summary>Also what lblc and lblcr do for an address that they have not seen.</summary>
    public static RealServer? Least(ReadOnlySpan<RealServer> servers)
    {
        RealServer? least = null;
        foreach (RealServer server in servers)
        {
            if (server.TakesConnections && (least is null || IsLess(server, least)))
            {
                least = server;
            }
        }

        return least;
    }

    public static bool IsLess(RealServer a, RealServer b) => a.Overhead * b.Share < b.Overhead * a.Share;
}
