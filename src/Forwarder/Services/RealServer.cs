using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Services;

/// <summary>
/// A real server alive: weight and counters. It outlives its configuration while it has connections or templates (their client packets are then
/// dropped silently, expire_nodest_conn 0) and is the same object when it is configured again.
/// </summary>
internal sealed class RealServer(ServerKey key, int slot)
{
    public ServerKey Key { get; } = key;

    /// <summary>Place in <see cref="ServerRegistry"/>; what a flow keeps instead of a reference.</summary>
    public int Slot { get; } = slot;

    /// <summary>The service that has it now, or had it last.</summary>
    public VirtualService? Service { get; private set; }

    public bool IsConfigured { get; private set; }

    /// <summary>0: quiesced, open connections go on, no new ones come. What schedulers see: 0 for a server that may not be picked.</summary>
    public int Weight { get; private set; }

    /// <summary>As the operator gave it.</summary>
    public RealServerConfig? Config { get; private set; }

    public int ActiveConnections { get; private set; }

    public int InactiveConnections { get; private set; }

    /// <summary>Half-open TCP connections of <see cref="EmbryonicFlows"/>.</summary>
    public int HalfOpen { get; set; }

    /// <summary>Persistence templates that name this server.</summary>
    public int PersistentConnections { get; private set; }

    public bool HasConnections => ActiveConnections + InactiveConnections + PersistentConnections > 0;

    /// <summary>The load that lc and wlc compare: an active connection weighs 256 inactive ones (ip_vs_dest_conn_overhead).</summary>
    public long Overhead => ((long)ActiveConnections << 8) + InactiveConnections;

    public TrafficCounters Traffic { get; } = new();

    /// <summary>The server belongs to a service from now on, or its numbers change.</summary>
    public void Configure(VirtualService service, RealServerConfig config)
    {
        if (Service is not null && Service != service)
        {
            Traffic.Zero(); // The service was deleted and made anew (__ip_vs_update_dest).
        }

        Service = service;
        Config = config;
        Weight = config.Method == ForwardingMethod.Masquerade ? config.Weight : 0;
        IsConfigured = true;
    }

    public void Unconfigure() => IsConfigured = false;

    /// <summary>Adds or takes away a connection in this state.</summary>
    public void Count(ConnectionState state, int change)
    {
        if (TcpStates.IsActive(state))
        {
            ActiveConnections += change;
        }
        else
        {
            InactiveConnections += change;
        }
    }

    /// <summary>A connection of the service was opened to this server.</summary>
    public void Opened()
    {
        Traffic.Opened();
        Service?.Traffic.Opened();
    }

    /// <summary>A packet of so many bytes of IP went to the server, or came from it. One without configuration counts nothing (ip_vs_in_stats).</summary>
    public void Carried(int bytes, bool outward)
    {
        if (IsConfigured)
        {
            Traffic.Carried(bytes, outward);
            Service?.Traffic.Carried(bytes, outward);
        }
    }

    public void Move(ConnectionState from, ConnectionState to)
    {
        Count(from, -1);
        Count(to, 1);
    }
}
