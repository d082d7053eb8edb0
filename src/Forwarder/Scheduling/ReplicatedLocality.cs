using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// lblcr: a virtual address has a set of servers, of which the least loaded by weight is picked. When it is crowded, the least loaded of all joins
/// the set; a set that did not change for the expiration loses its most loaded member with the next pick.
/// </summary>
internal sealed class ReplicatedLocality(SchedulerEnvironment environment) : LocalityScheduler(environment)
{
    private readonly ServerSets _sets = new(AddressCache.Capacity);

    protected override TimeSpan Expiration => Settings.LblcrExpiration;

    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        RealServer? member = _sets.LeastLoaded(Find(in connection));
        return member is not null && !IsCrowded(member, servers) ? member : WeightedLeastConnection.Least(servers);
    }

    public override RealServer? Pick(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        int set = Use(in connection);
        RealServer? member = _sets.LeastLoaded(set);
        if (_sets.Size(set) > 1 && connection.Now - _sets.LastChange(set) > (long)Expiration.TotalMilliseconds)
        {
            _sets.RemoveMostLoaded(set, connection.Now);
        }

        if (member is not null && !IsCrowded(member, servers))
        {
            return member;
        }

        RealServer? least = WeightedLeastConnection.Least(servers);
        if (least is not null)
        {
            set = set != 0 ? set : Add(connection.Virtual, connection.Now);
            Join(set, least, connection.Now);
        }

        return least;
    }

    protected override void Forget(int entry) => _sets.Clear(entry);

    protected override void Adopt(RealServer server, int entries) => _sets.Replace(server);

    /// <summary>Memory for members is bounded as well: the addresses that were not used for longest give theirs up. This one was used just now.</summary>
    private void Join(int set, RealServer server, long now)
    {
        while (_sets.IsFull && Count > 1)
        {
            RemoveOldest();
        }

        _sets.Add(set, server, now);
    }
}
