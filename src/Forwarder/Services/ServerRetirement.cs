using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Services;

/// <summary>
/// Ends the flows of servers that are gone, a bounded number of table slots per tick, so that a million flows never hold up packets
/// (ip_vs_expire_nodest_conn_flush of ip_vs_conn.c). A server that is configured again meanwhile keeps what it still has.
/// </summary>
internal sealed class ServerRetirement(ConnectionTable connections, ServerRegistry servers)
{
    private const int SlotsPerTick = 50_000;
    private readonly HashSet<RealServer> _retiring = [];
    private int _next;

    public required IpvsSettings Settings { get; set; }

    /// <summary>
    /// A server is not configured any more. Under expire_nodest_conn its flows end with the next ticks and nobody is told; those whose whole service
    /// was deleted are spared until their next packet. On a standby nothing happens: the active's table is the truth.
    /// </summary>
    public void Removed(RealServer server, bool withService)
    {
        bool told = server.Service?.Config.OnServerLoss == ServerLoss.Reset; // Guard.LostServers does it.
        if (Settings.ExpireNoDestConn && !withService && !told && server.HasConnections && !connections.IsFrozen)
        {
            _retiring.Add(server);
            _next = 1;
        }
    }

    public void Tick()
    {
        if (_retiring.Count == 0)
        {
            return;
        }

        int end = Math.Min(_next + SlotsPerTick, connections.Flows.HighWater + 1);
        for (; _next < end; _next++)
        {
            if (connections[_next] is { InUse: true, ServerSlot: > 0, Controlled: 0 } && IsGone(servers[connections[_next].ServerSlot]))
            {
                EndWithController(_next);
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
