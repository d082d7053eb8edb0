using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// What lblc and lblcr share: a bounded cache by virtual address, of use to services of a mark (the caches in front of many addresses, for which
/// they were made). Entries that were not used for the expiration are looked for every half hour, as in the kernel; a full cache, which the
/// kernel lets grow and then thins out by age, gives up the entry that was not used for longest.
/// </summary>
internal abstract class LocalityScheduler(SchedulerEnvironment environment) : Scheduler
{
    /// <summary>CHECK_EXPIRE_INTERVAL times COUNT_FOR_FULL_EXPIRATION.</summary>
    private const long CheckMilliseconds = 30 * 60_000;

    private readonly AddressCache _cache = new();
    private long _firstPick = long.MinValue;

    protected IpvsSettings Settings => environment.Settings;

    protected abstract TimeSpan Expiration { get; }

    protected int Count => _cache.Count;

    /// <summary>Entry of the address, without a change; 0: none, or one that a check has found expired.</summary>
    protected int Find(in NewConnection connection)
    {
        int entry = _cache.Find(connection.Virtual);
        return entry != 0 && HasExpired(entry, connection.Now) ? 0 : entry;
    }

    /// <summary>The same, and notes the use.</summary>
    protected int Use(in NewConnection connection)
    {
        _firstPick = _firstPick == long.MinValue ? connection.Now : _firstPick;
        int entry = _cache.Find(connection.Virtual);
        if (entry != 0 && HasExpired(entry, connection.Now))
        {
            Remove(entry);
            return 0;
        }

        if (entry != 0)
        {
            _cache.Use(entry, connection.Now);
        }

        return entry;
    }

    protected int Add(Ip address, long now)
    {
        if (_cache.IsFull)
        {
            Remove(_cache.Oldest);
        }

        return _cache.Add(address, now);
    }

    protected void RemoveOldest() => Remove(_cache.Oldest);

    /// <summary>The entry is about to go; what the scheduler keeps for it must go too.</summary>
    protected abstract void Forget(int entry);

    /// <summary>The same server as before, by name, may be a new object: entries that name it follow, as the kernel's keep it alive.</summary>
    protected abstract void Adopt(RealServer server, int entries);

    public override void ServerAdded(ReadOnlySpan<RealServer> servers) => Adopt(servers[0], _cache.HighWater);

    /// <summary>More active connections than its weight, while another server has fewer than half of its own. Nothing to do with thresholds.</summary>
    protected static bool IsCrowded(RealServer server, ReadOnlySpan<RealServer> servers)
    {
        if (server.ActiveConnections <= server.Weight)
        {
            return false;
        }

        foreach (RealServer other in servers)
        {
            if (other.ActiveConnections * 2L < other.Weight)
            {
                return true;
            }
        }

        return false;
    }

    private void Remove(int entry)
    {
        Forget(entry);
        _cache.Remove(entry);
    }

    private bool HasExpired(int entry, long now)
    {
        long sinceFirst = _firstPick == long.MinValue ? 0 : now - _firstPick;
        long lastCheck = _firstPick + (sinceFirst / CheckMilliseconds * CheckMilliseconds);
        return sinceFirst >= CheckMilliseconds && _cache.LastUse(entry) + (long)Expiration.TotalMilliseconds <= lastCheck;
    }
}
