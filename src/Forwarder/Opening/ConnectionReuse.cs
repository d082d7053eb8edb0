using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Opening;

/// <summary>When a client's packet ends the connection that it was found for, so that it is scheduled afresh (ip_vs_in of ip_vs_core.c).</summary>
internal sealed class ConnectionReuse(ConnectionTable connections, ServerRegistry servers)
{
    /// <summary>True: the connection is gone from the table.</summary>
    public bool GivesWay(int slot, in Packet packet, IpvsSettings settings)
    {
        ref Flow flow = ref connections[slot];
        if (flow.Kind != ConnectionKind.Service)
        {
            return false;
        }

        RealServer? server = flow.ServerSlot == 0 ? null : servers[flow.ServerSlot];
        if (settings.ExpireNoDestConn && server is not null && IsLost(server, in packet))
        {
            connections.End(slot);
            return true;
        }

        // Under persistence the connection is revived instead: its server would be the same.
        if (settings.ConnReuseMode == 0 || !FirstPacket.StartsAfresh(flow.State, in packet) || connections.ControllerOf(in flow) != 0)
        {
            return false;
        }

        connections.Remove(slot);
        return true;
    }

    /// <summary>expire_nodest_conn: the server is gone, or takes no new connections and this packet begins one.</summary>
    private static bool IsLost(RealServer server, in Packet packet) =>
        !server.IsConfigured || (server.Weight == 0 && packet.Protocol != TransportProtocol.Udp && FirstPacket.Opens(in packet));
}
