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
    /// A server is not configured any more. Its flows end with the next ticks when its service says so, or under expire_nodest_conn; the kernel spares
    /// those whose whole service was deleted until their next packet.
    /// </summary>
    public void Removed(RealServer server, bool withService)
    {
        bool ends = server.Service?.Config.OnServerLoss == ServerLoss.Reset || (Settings.ExpireNoDestConn && !withService);
        if (ends && server.HasConnections)
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
