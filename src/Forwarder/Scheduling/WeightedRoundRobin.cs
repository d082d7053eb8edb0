using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// wrr: passes over the list at falling levels; a server is picked in each pass whose level its weight reaches. Levels fall by the
/// weights' greatest common divisor. A change of the list starts the pass again but keeps the level, cut down to the new highest; because servers
/// are added one by one, a new service starts at the lowest level of its first server.
/// </summary>
internal sealed class WeightedRoundRobin : Scheduler
{
    private const int BeforeFirst = -1;
    private int _last = BeforeFirst;
    private int _level;
    private int _highestLevel;
    private int _step = 1;

    public override RealServer? Pick(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        if (_highestLevel <= 0)
        {
            return null;
        }

        // At the highest level at least one server qualifies, so two descents always find it.
        int index = _last;
        while (true)
        {
            while (++index < servers.Length)
            {
                if (servers[index].Weight >= _level)
                {
                    _last = index;
                    return servers[index];
                }
            }

            index = BeforeFirst;
            _level = _level > _step ? _level - _step : _highestLevel;
        }
    }

    public override void Start(ReadOnlySpan<RealServer> servers)
    {
        Measure(servers);
        _level = _highestLevel;
    }

    public override void ServerAdded(ReadOnlySpan<RealServer> servers) => Changed(servers);

    public override void ServerRemoved(int index, ReadOnlySpan<RealServer> servers) => Changed(servers);

    public override void ServerEdited(ReadOnlySpan<RealServer> servers) => Changed(servers);

    private void Changed(ReadOnlySpan<RealServer> servers)
    {
        Measure(servers);
        if (_level > _highestLevel || _level == 0)
        {
            _level = _highestLevel;
        }
        else if (_step > 1)
        {
            _level = (_level / _step * _step) + 1;
        }
    }

    private void Measure(ReadOnlySpan<RealServer> servers)
    {
        int divisor = 0;
        int highest = 0;
        foreach (RealServer server in servers)
        {
            divisor = server.Weight > 0 ? GreatestCommonDivisor(server.Weight, divisor) : divisor;
            highest = Math.Max(highest, server.Weight);
        }

        _last = BeforeFirst;
        _step = Math.Max(divisor, 1);
        _highestLevel = highest - (_step - 1);
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }
}
