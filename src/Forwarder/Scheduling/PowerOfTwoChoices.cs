using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// twos: two servers drawn at random by weight, of which the one with the smaller overhead by weight is picked (Mitzenmacher, Richa, Sitaraman:
/// The Power of Two Random Choices). As in the kernel a draw goes from 0 to the sum of weights inclusive, so the first server has one part more.
/// </summary>
internal sealed class PowerOfTwoChoices(ulong seed) : Scheduler
{
    private SplitMix _chance = new(seed);

    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        SplitMix chance = _chance;
        return Choose(servers, ref chance);
    }

    public override RealServer? Pick(ReadOnlySpan<RealServer> servers, in NewConnection connection) => Choose(servers, ref _chance);

    private static RealServer? Choose(ReadOnlySpan<RealServer> servers, ref SplitMix chance)
    {
        long total = 0;
        foreach (RealServer server in servers)
        {
            total += server.TakesConnections ? server.Share : 0;
        }

        if (total == 0)
        {
            return null;
        }

        RealServer first = Draw(servers, total, ref chance);
        RealServer second = Draw(servers, total, ref chance);
        return WeightedLeastConnection.IsLess(second, first) ? second : first;
    }

    private static RealServer Draw(ReadOnlySpan<RealServer> servers, long total, ref SplitMix chance)
    {
        long left = (long)Math.BigMul(chance.Next(), (ulong)total + 1, out _);
        int index = -1;
        do
        {
            index++;
            left -= servers[index].TakesConnections ? servers[index].Share : 0;
        }
        while (left > 0 || !servers[index].TakesConnections);

        return servers[index];
    }
}
