using HaLvs.Forwarder.Offload;
using HaLvs.Forwarder.Packets;
using HaLvs.Linux.Offload;

namespace HaLvs.Director.Offload;

/// <summary>
/// Where the kernel program sends what it has translated: one entry for each real server and one for each way to clients (a gateway, or a client on the
/// network itself), each with the index by which flows name it. Entries are written anew when the network changes, so one write re-points every flow. A server
/// without configuration has an entry that is not valid: its clients' packets come to the core, which drops them. Thread-safe: the forward loop asks, a watch refreshes.
/// </summary>
/// <param name="network">What the kernel says of routes, neighbours and links.</param>
/// <param name="write">Puts an entry into the program's table; null: not valid.</param>
/// <param name="capacity">Entries at most, the unused index 0 among them.</param>
internal sealed class NextHops(INextHopNetwork network, Action<int, OffloadNextHop?> write, int capacity)
{
    /// <summary>An index that is never valid: flows that name it stay on the user path.</summary>
    public const int None = 0;

    /// <summary>Addresses whose way is remembered.</summary>
    private const int Remembered = 1 << 16;

    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [new Entry(default, 0)];
    private readonly Stack<int> _free = new();
    private readonly Dictionary<(Ip Neighbour, int Interface), int> _ways = [];
    private readonly Dictionary<int, int> _servers = [];
    private readonly Dictionary<Ip, int> _destinations = [];

    /// <summary>Entries in use.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count - 1 - _free.Count;
        }
    }

    /// <summary>Entries that the program may send to now.</summary>
    public int ValidCount
    {
        get
        {
            lock (_gate)
                return _entries.Count(e => e.Written is not null);
        }
    }

    /// <summary>Index of the real server in this slot of the registry; <see cref="None"/> when it is not known (yet).</summary>
    public int OfServer(int slot)
    {
        lock (_gate)
            return _servers.GetValueOrDefault(slot);
    }

    /// <summary>Index of the way to a client, or to an inside host that is no server of ours.</summary>
    /// <param name="source">The address that the translated packet bears.</param>
    public int Of(Ip source, Ip destination)
    {
        lock (_gate)
        {
            if (_destinations.TryGetValue(destination, out int known))
                return known;
            if (_destinations.Count >= Remembered)
                _destinations.Clear();
            return _destinations[destination] = network.WayTo(source, destination) is var (neighbour, link) ? IndexOf(neighbour, link) : None;
        }
    }

    /// <summary>The servers as the core has them now.</summary>
    public void SetServers(IEnumerable<OffloadServer> servers)
    {
        lock (_gate)
        {
            HashSet<int> left = [.. _servers.Keys];
            foreach (OffloadServer server in servers)
            {
                left.Remove(server.Slot);
                SetServer(in server);
            }

            foreach (int gone in left)
            {
                _servers.Remove(gone, out int index);
                _entries[index] = new Entry(default, 0) { Written = _entries[index].Written };
                Write(index);
                _free.Push(index);
            }
        }
    }

    /// <summary>The network has changed: everything is looked at again.</summary>
    /// <returns>True when ways to clients may have changed: flows name the old ones and have to be given anew.</returns>
    public bool Refresh()
    {
        lock (_gate)
        {
            bool routes = network.Look();
            if (routes)
                _destinations.Clear();
            for (int index = 1; index < _entries.Count; index++)
                Write(index);
            return routes;
        }
    }

    private void SetServer(in OffloadServer server)
    {
        if (!_servers.TryGetValue(server.Slot, out int index))
        {
            index = Add();
            if (index == None)
                return;
            _servers[server.Slot] = index;
        }

        (Ip neighbour, int link) = (server.IsConfigured ? network.WayTo(null, server.Address) : null) ?? default;
        _entries[index] = new Entry(neighbour, link) { Written = _entries[index].Written };
        Write(index);
    }

    private int IndexOf(Ip neighbour, int link)
    {
        if (_ways.TryGetValue((neighbour, link), out int index))
            return index;
        index = Add();
        if (index == None)
            return None;
        _ways[(neighbour, link)] = index;
        _entries[index] = new Entry(neighbour, link);
        Write(index);
        return index;
    }

    private int Add()
    {
        if (_free.TryPop(out int index))
            return index;
        if (_entries.Count >= capacity)
            return None;
        _entries.Add(new Entry(default, 0));
        return _entries.Count - 1;
    }

    private void Write(int index)
    {
        Entry entry = _entries[index];
        OffloadNextHop? hop = entry.Link == 0 ? null : network.Resolve(entry.Neighbour, entry.Link);
        if (hop != entry.Written)
        {
            entry.Written = hop;
            write(index, hop);
        }
    }

    /// <param name="link">Interface; 0: none.</param>
    private sealed class Entry(Ip neighbour, int link)
    {
        public Ip Neighbour { get; } = neighbour;

        public int Link { get; } = link;

        public OffloadNextHop? Written { get; set; }
    }
}
