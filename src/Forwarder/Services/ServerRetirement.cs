using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Services;

/// <summary>
/// Ends the flows of servers that are gone, a bounded number of table slots and of flows per call, so that a million flows never hold up packets
/// (ip_vs_expire_nodest_conn_flush of ip_vs_conn.c). A server that is configured again meanwhile keeps what it still has.
/// </summary>
internal sealed class ServerRetirement(ConnectionTable connections, ServerRegistry servers)
{
    public const int SlotsPerCall = 2048;
    public const int RemovalsPerCall = 256;
    private readonly HashSet<RealServer> _retiring = [];
    private int _next;

    public required IpvsSettings Settings { get; set; }

    /// <summary>
    /// A server is not configured any more. Under expire_nodest_conn its flows end with the next ticks and nobody is told. On a standby nothing
    /// happens: the active's table is the truth.
    /// </summary>
    public void Removed(RealServer server)
    {
        bool told = server.Service?.Config.OnServerLoss == ServerLoss.Reset; // Guard.LostServers does it.
        if (Settings.ExpireNoDestConn && !told && server.HasConnections && !connections.IsFrozen)
        {
            _retiring.Add(server);
            _next = 1;
        }
    }

    /// <summary>
    /// The last service is gone, as in the middle of a restore: what has not ended yet is spared until its next packet (the kernel's flush stops where
    /// ip_vs is not enabled any more).
    /// </summary>
    public void NoServiceLeft() => _retiring.Clear();

    /// <summary>There is more for <see cref="Work"/>.</summary>
    public bool HasWork => _retiring.Count > 0;

    public void Work()
    {
        if (!HasWork)
        {
            return;
        }

        int removals = RemovalsPerCall;
        int end = Math.Min(_next + SlotsPerCall, connections.Flows.HighWater + 1);
        for (; _next < end && removals > 0; _next++)
        {
            if (connections[_next] is { InUse: true, ServerSlot: > 0, Controlled: 0 } && IsGone(servers[connections[_next].ServerSlot]))
            {
                EndWithController(_next);
                removals--;
            }
        }

        if (_next > connections.Flows.HighWater)
        {
            _retiring.Clear();
        }
    }

    private bool IsGone(RealServer server) => !server.IsConfigured && _retiring.Contains(server);

    private void EndWithController(int slot)
    {
        int controller = connections.ControllerOf(in connections[slot]);
        connections.Remove(slot);
        if (controller != 0 && connections[controller].Controlled == 0)
        {
            connections.Remove(controller);
        }
    }
}
