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
    public int Weight { get; private set; }

    /// <summary>The weight before the server was quiesced, so that hash tables need not move its clients; 0 only for a server added at weight 0.</summary>
    public int LastWeight { get; private set; }

    /// <summary>Factor of the weight while a service starts servers slowly; 1 for all where it does not (<see cref="Scheduling.SlowStart"/>).</summary>
    public int Ramp { get; set; } = 1;

    /// <summary>What schedulers that share by weight compare: comparable only within a service.</summary>
    public int Share => Weight * Ramp;

    /// <summary>Connections, active and inactive, at which no new ones come; 0: no limit.</summary>
    public uint UpperThreshold { get; private set; }

    /// <summary>Connections below which they come again; 0: three quarters of the upper one.</summary>
    public uint LowerThreshold { get; private set; }

    public ForwardingMethod Method { get; private set; }

    /// <summary>IP_VS_DEST_F_OVERLOAD: the upper threshold was reached, and the lower one not yet passed on the way down.</summary>
    public bool IsOverloaded { get; private set; }

    /// <summary>May be picked. The only method that we carry out is masquerading.</summary>
    public bool TakesConnections => Weight > 0 && !IsOverloaded && Method == ForwardingMethod.Masquerade;

    public int ActiveConnections { get; private set; }

    public int InactiveConnections { get; private set; }

    public bool HasConnections => ActiveConnections + InactiveConnections > 0;

    /// <summary>The load that lc and wlc compare: an active connection weighs 256 inactive ones (ip_vs_dest_conn_overhead).</summary>
    public long Overhead => ((long)ActiveConnections << 8) + InactiveConnections;

    private long Total => (long)ActiveConnections + InactiveConnections;

    public long Connections { get; set; }

    public long InPackets { get; private set; }

    public long InBytes { get; private set; }

    public long OutPackets { get; private set; }

    public long OutBytes { get; private set; }

    /// <summary>
    /// What ipvsadm -a (<paramref name="isNew"/>) or -e sets. A server that had connections left when it was taken away is new here as well. A
    /// lowered upper threshold is judged at the next connection only (net/netfilter/ipvs/ip_vs_ctl.c, __ip_vs_update_dest).
    /// </summary>
    public void Configure(RealServerConfig config, bool isNew)
    {
        LastWeight = isNew || config.Weight != 0 ? config.Weight : LastWeight;
        Weight = config.Weight;
        Method = config.Method;
        IsOverloaded &= UpperThreshold != 0 && UpperThreshold <= config.UpperThreshold;
        UpperThreshold = config.UpperThreshold;
        LowerThreshold = config.LowerThreshold;
    }

    /// <summary>True when <see cref="Configure"/> with this would change nothing.</summary>
    public bool IsConfiguredAs(RealServerConfig config) =>
        (Weight, Method, UpperThreshold, LowerThreshold) == (config.Weight, config.Method, config.UpperThreshold, config.LowerThreshold);

    /// <summary>A connection in this state begins.</summary>
    public void Bind(ConnectionState state)
    {
        Count(state, 1);
        JudgeAfterBinding();
    }

    /// <summary>A connection in this state ends.</summary>
    public void Unbind(ConnectionState state)
    {
        Count(state, -1);
        JudgeAfterUnbinding();
    }

    /// <summary>Also after a template was bound, which counts in neither total (ip_vs_conn.c, ip_vs_bind_dest).</summary>
    public void JudgeAfterBinding() => IsOverloaded |= UpperThreshold != 0 && Total >= UpperThreshold;

    /// <summary>Also after a template has ended (ip_vs_conn.c, ip_vs_unbind_dest).</summary>
    public void JudgeAfterUnbinding() =>
        IsOverloaded &= LowerThreshold != 0 ? Total >= LowerThreshold : UpperThreshold != 0 && Total * 4 >= (long)UpperThreshold * 3;

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

    /// <summary>A connection changes its state. Thresholds are not judged, for their sum stays the same.</summary>
    public void Move(ConnectionState from, ConnectionState to)
    {
        Count(from, -1);
        Count(to, 1);
    }

    private void Count(ConnectionState state, int change)
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
}
