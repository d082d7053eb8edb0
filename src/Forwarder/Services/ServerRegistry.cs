namespace HaLvs.Forwarder.Services;

/// <summary>Every real server that is configured or still has connections, by key and by the slot number that flows keep. Slot 0 is nobody.</summary>
internal sealed class ServerRegistry
{
    private readonly Dictionary<ServerKey, RealServer> _byKey = [];
    private readonly List<RealServer?> _bySlot = [null];
    private readonly Stack<int> _freeSlots = new();

    public int Count => _byKey.Count;

    public IReadOnlyCollection<RealServer> All => _byKey.Values;

    public RealServer this[int slot] =>
        _bySlot[slot] ?? throw new InvalidOperationException($"Connection names server slot {slot}, which is empty: the connection table is damaged.");

    public RealServer? Find(ServerKey key) => _byKey.GetValueOrDefault(key);

    /// <summary>
    /// The server of a record. Where ports of a record need not be the server's own (<paramref name="anyPort"/>: templates of port 0, services of every
    /// port), a server of the same address will do (ip_vs_find_dest).
    /// </summary>
    public RealServer GetOrAdd(ServerKey key, bool anyPort)
    {
        RealServer? known = Find(key);
        if (known is null && anyPort)
        {
            known = _byKey.Values.FirstOrDefault(s => s.IsConfigured && s.Key.Service == key.Service && s.Key.Address == key.Address);
        }

        return known ?? GetOrAdd(key);
    }

    public RealServer GetOrAdd(ServerKey key)
    {
        if (_byKey.TryGetValue(key, out RealServer? known))
        {
            return known;
        }

        int slot = _freeSlots.Count > 0 ? _freeSlots.Pop() : _bySlot.Count;
        RealServer server = new(key, slot);
        if (slot == _bySlot.Count)
        {
            _bySlot.Add(server);
            _freeSlots.EnsureCapacity(_bySlot.Count); // So that forgetting a server on the packet path never allocates.
        }
        else
        {
            _bySlot[slot] = server;
        }

        _byKey.Add(key, server);
        return server;
    }

    public void ForgetIfUnused(RealServer? server)
    {
        if (server is { IsConfigured: false, HasConnections: false } && _byKey.Remove(server.Key))
        {
            _bySlot[server.Slot] = null;
            _freeSlots.Push(server.Slot);
        }
    }
}
