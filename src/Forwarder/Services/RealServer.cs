using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Services;

/// <summary>
/// A real server alive: weight and counters. It outlives its configuration while it has connections (their client packets are then dropped
/// silently, expire_nodest_conn 0) and is the same object when it is configured again.
/// </summary>
internal sealed class RealServer(ServerKey key, int slot)
{
    public ServerKey Key { get; } = key;

    /// <summary>Place in <see cref="ServerRegistry"/>; what a flow keeps instead of a reference.</summary>
    public int Slot { get; } = slot;

    public bool IsConfigured { get; set; }

    /// <summary>0: quiesced, open connections go on, no new ones come.</summary>
    public int Weight { get; set; }

    public int ActiveConnections { get; private set; }

    public int InactiveConnections { get; private set; }

    /// <summary>Half-open TCP connections of <see cref="EmbryonicFlows"/>.</summary>
    public int HalfOpen { get; set; }

    public bool HasConnections => ActiveConnections + InactiveConnections > 0;

    /// <summary>The load that lc and wlc compare: an active connection weighs 256 inactive ones (ip_vs_dest_conn_overhead).</summary>
    public long Overhead => ((long)ActiveConnections << 8) + InactiveConnections;

    public long Connections { get; set; }

    public long InPackets { get; private set; }

    public long InBytes { get; private set; }

    public long OutPackets { get; private set; }

    public long OutBytes { get; private set; }

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

    /// <summary>A packet of so many bytes of IP went to the server, or came from it.</summary>
    public void Carried(int bytes, bool outward)
    {
        if (outward)
        {
            OutPackets++;
            OutBytes += bytes;
        }
        else
        {
            InPackets++;
            InBytes += bytes;
        }
    }

    public void Move(ConnectionState from, ConnectionState to)
    {
        Count(from, -1);
        Count(to, 1);
    }
}
