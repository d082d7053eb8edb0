using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// lblc: a virtual address stays with its server, until the server is gone, quiesced or crowded; then, as for a new address, the least loaded by
/// weight. The upper threshold of a server that an address has is not looked at.
/// </summary>
internal sealed class LocalityLeastConnection(SchedulerEnvironment environment) : LocalityScheduler(environment)
{
    private readonly RealServer?[] _servers = new RealServer?[AddressCache.Capacity + 1];

    protected override TimeSpan Expiration => Settings.LblcExpiration;

    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection) =>
        OfEntry(Find(in connection), servers) ?? WeightedLeastConnection.Least(servers);

    public override RealServer? Pick(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        int entry = Use(in connection);
        if (OfEntry(entry, servers) is { } known)
        {
            return known;
        }

        RealServer? least = WeightedLeastConnection.Least(servers);
        if (least is not null)
        {
            entry = entry != 0 ? entry : Add(connection.Virtual, connection.Now);
            _servers[entry] = least;
        }

        return least;
    }

    protected override void Forget(int entry) => _servers[entry] = null;

    protected override void Adopt(RealServer server, int entries)
    {
        foreach (ref RealServer? known in _servers.AsSpan(1, entries))
        {
            known = known?.Key == server.Key ? server : known;
        }
    }

    private RealServer? OfEntry(int entry, ReadOnlySpan<RealServer> servers) =>
        _servers[entry] is { IsConfigured: true, Weight: > 0 } server && !IsCrowded(server, servers) ? server : null;
}
