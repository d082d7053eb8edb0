using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// wrr: passes over the list at falling levels; a server is picked in each pass whose level its weight reaches. Levels fall by the
/// weights' greatest common divisor. A change of the list starts the pass again but keeps the level, cut down to the new highest; because servers
/// are added one by one, a new service starts at the lowest level of its first server.
/// </summary>
internal sealed class WeightedRoundRobin : Scheduler
{
    private const int None = -1;
    private const int BeforeFirst = -1;
    private Place _place = new(BeforeFirst, 0);
    private int _highestLevel;
    private int _step = 1;

    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        Place place = _place;
        return Next(servers, ref place);
    }

    public override RealServer? Pick(ReadOnlySpan<RealServer> servers, in NewConnection connection) => Next(servers, ref _place);

    public override void Start(ReadOnlySpan<RealServer> servers)
    {
        Measure(servers);
        _place = new Place(BeforeFirst, _highestLevel);
    }

    public override void ServerAdded(ReadOnlySpan<RealServer> servers) => Changed(servers);

    public override void ServerRemoved(int index, ReadOnlySpan<RealServer> servers) => Changed(servers);

    public override void ServerEdited(int index, ReadOnlySpan<RealServer> servers) => Changed(servers);

    public override void SharesChanged(ReadOnlySpan<RealServer> servers) => Changed(servers);

    private void Changed(ReadOnlySpan<RealServer> servers)
    {
        Measure(servers);
        int level = _place.Level;
        if (level > _highestLevel || level == 0)
        {
            level = _highestLevel;
        }
        else if (_step > 1)
        {
            level = (level / _step * _step) + 1;
        }

        _place = new Place(BeforeFirst, level);
    }

    /// <summary>
    /// What is left of the pass at this level, and then one whole pass at the next level that some server reaches. Levels are 1, 1 + step,
    /// 1 + 2 step and so on, so every server that may be picked is reached at the lowest.
    /// </summary>
    private RealServer? Next(ReadOnlySpan<RealServer> servers, ref Place place)
    {
        if (_highestLevel == 0)
        {
            return null;
        }

        int found = FirstAtLevel(servers, place.Last + 1, place.Level);
        if (found == None)
        {
            int share = GreatestShare(servers);
            if (share == 0)
            {
                place = AfterNobody(place);
                return null;
            }

            int next = place.Level > _step ? place.Level - _step : _highestLevel;
            place.Level = Math.Min(next, ((share - 1) / _step * _step) + 1);
            found = FirstAtLevel(servers, 0, place.Level);
        }

        place.Last = found;
        return servers[found];
    }

    /// <summary>Where the kernel's search has come to when every server is overloaded: it matters for the picks that follow.</summary>
    private Place AfterNobody(Place place) =>
        place.Last != BeforeFirst && place.Level <= _step ? new Place(place.Last, 1) : new Place(BeforeFirst, _highestLevel);

    private static int GreatestShare(ReadOnlySpan<RealServer> servers)
    {
        int greatest = 0;
        foreach (RealServer server in servers)
        {
            greatest = server.TakesConnections ? Math.Max(greatest, server.Share) : greatest;
        }

        return greatest;
    }

    private static int FirstAtLevel(ReadOnlySpan<RealServer> servers, int from, int level)
    {
        for (int index = from; index < servers.Length; index++)
        {
            if (servers[index].TakesConnections && servers[index].Share >= level)
            {
                return index;
            }
        }

        return None;
    }

    private void Measure(ReadOnlySpan<RealServer> servers)
    {
        int divisor = 0;
        int highest = 0;
        foreach (RealServer server in servers)
        {
            divisor = server.Share > 0 ? Divisor.Greatest(server.Share, divisor) : divisor;
            highest = Math.Max(highest, server.Share);
        }

        _step = Math.Max(divisor, 1);
        _highestLevel = highest - (_step - 1);
    }

    /// <param name="Last">Index of the last pick, or <see cref="BeforeFirst"/>.</param>
    private record struct Place(int Last, int Level);
}
