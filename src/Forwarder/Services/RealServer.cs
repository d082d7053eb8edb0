using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Services;

/// <summary>
/// A real server alive: weight and counters. It outlives its configuration while it has connections or templates (their client packets are then
/// dropped silently, expire_nodest_conn 0) and is the same object when it is configured again.
/// </summary>
internal sealed class RealServer(ServerKey key, int slot)
{
    private const int LargestShare = 65_535;

    public ServerKey Key { get; } = key;

    /// <summary>Place in <see cref="ServerRegistry"/>; what a flow keeps instead of a reference.</summary>
    public int Slot { get; } = slot;

    /// <summary>The service that has it now, or had it last.</summary>
    public VirtualService? Service { get; private set; }

    public bool IsConfigured { get; private set; }

    /// <summary>
    /// 0: quiesced, open connections go on, no new ones come. What schedulers see: 0 for a server that may not be picked, and at most
    /// <see cref="LargestShare"/>, because some schedulers count down from the largest weight. Listings show the weight that was given.
    /// </summary>
    public int Weight { get; private set; }

    /// <summary>The weight before the server was quiesced, so that hash tables need not move its clients; 0 only for a server added at weight 0.</summary>
    public int LastWeight { get; private set; }

    /// <summary>Factor of the weight while a service starts servers slowly; 1 for all where it does not (<see cref="Scheduling.SlowStart"/>).</summary>
    public int Ramp { get; set; } = 1;

    /// <summary>Milliseconds; null before the ramp's clock was seen.</summary>
    public long? RampBegan { get; set; }

    /// <summary>What schedulers that share by weight compare; only within one service.</summary>
    public int Share => Weight * Ramp;

    /// <summary>IP_VS_DEST_F_OVERLOAD: the upper threshold was reached, and the lower one not yet passed on the way down.</summary>
    public bool IsOverloaded { get; private set; }

    public bool TakesConnections => Weight > 0 && !IsOverloaded;

    /// <summary>As the operator gave it.</summary>
    public RealServerConfig? Config { get; private set; }

    public int ActiveConnections { get; private set; }

    public int InactiveConnections { get; private set; }

    /// <summary>Half-open TCP connections of <see cref="EmbryonicFlows"/>.</summary>
    public int HalfOpen { get; set; }

    /// <summary>Persistence templates that name this server.</summary>
    public int PersistentConnections { get; private set; }

    /// <summary>Ways back of one-packet scheduling: not connections, but they name this server.</summary>
    public int OnePacketFlows { get; private set; }

    /// <summary>Null: not draining.</summary>
    public DrainPlan? Drain { get; set; }

    public int CountedConnections => ActiveConnections + InactiveConnections;

    public bool HasConnections => ActiveConnections + InactiveConnections + PersistentConnections + OnePacketFlows > 0;

    /// <summary>The load that lc and wlc compare: an active connection weighs 256 inactive ones (ip_vs_dest_conn_overhead).</summary>
    public long Overhead => ((long)ActiveConnections << 8) + InactiveConnections;

    public TrafficCounters Traffic { get; } = new();

    private long Total => (long)ActiveConnections + InactiveConnections;

    private long Upper => Config?.UpperThreshold ?? 0;

    private long Lower => Config?.LowerThreshold ?? 0;

    /// <summary>
    /// The server belongs to a service from now on, or its numbers change. Thresholds that differ from those before are judged at once; between
    /// the two of them the server stays what it was (__ip_vs_update_dest of 6.1.192; kernels before 2026 waited for the next connection).
    /// </summary>
    public void Configure(VirtualService service, RealServerConfig config)
    {
        if (Service is not null && Service != service)
        {
            Traffic.Zero(); // The service was deleted and made anew (__ip_vs_update_dest).
        }

        Service = service;
        bool judged = Upper != config.UpperThreshold || Lower != config.LowerThreshold;
        Config = config;
        if (judged)
        {
            JudgeAfterUnbinding();
            JudgeAfterBinding();
        }

        Weight = config.Method == ForwardingMethod.Masquerade ? Math.Min(config.Weight, LargestShare) : 0;
        LastWeight = !IsConfigured || Weight != 0 ? Weight : LastWeight;
        IsConfigured = true;
        Drain = config.Weight == 0 ? Drain : null;
    }

    public void Unconfigure()
    {
        IsConfigured = false;
        Drain = null;
    }

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

    /// <summary>A connection that ends only after another one was scheduled is counted until then: once more here, <see cref="Unbind"/> takes it back.</summary>
    public void Hold(ConnectionState state) => Count(state, 1);

    /// <summary>A template of this server begins (1) or ends (-1). No threshold counts them.</summary>
    public void CountTemplate(int change) => PersistentConnections += change;

    public void CountOnePacketFlow(int change) => OnePacketFlows += change;

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

    /// <summary>The same for packets that the kernel forwarded.</summary>
    public void Carried(long packets, long bytes, bool outward)
    {
        if (IsConfigured)
        {
            Traffic.Carried(packets, bytes, outward);
            Service?.Traffic.Carried(packets, bytes, outward);
        }
    }

    /// <summary>A connection changes its state. Thresholds are not judged: their sum stays the same.</summary>
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

    private void JudgeAfterBinding() => IsOverloaded |= Upper != 0 && Total >= Upper;

    /// <summary>Without a lower threshold the server is back below three quarters of the upper one (ip_vs_dest_update_overload).</summary>
    private void JudgeAfterUnbinding() =>
        IsOverloaded &= Upper != 0 && (Lower != 0 ? Total >= Lower : Total * 4 >= Upper * 3);
}
