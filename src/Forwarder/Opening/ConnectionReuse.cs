using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Opening;

/// <summary>When a client's packet ends the connection that it was found for, so that it is scheduled afresh (ip_vs_in of ip_vs_core.c).</summary>
internal sealed class ConnectionReuse(ConnectionTable connections, ServerRegistry servers)
{
    private RealServer? _counted;
    private ConnectionState _state;

    /// <summary>True: the connection is gone from the table, its server counts it until <see cref="LetGo"/>. False: it stays, revived when the packet begins it again.</summary>
    public bool GivesWay(int slot, in Packet packet, IpvsSettings settings)
    {
        if (!WouldGiveWay(slot, in packet, settings))
        {
            if (connections[slot].Kind == ConnectionKind.Service && FirstPacket.StartsAfresh(connections[slot].State, in packet))
            {
                connections.Revive(slot);
            }

            return false;
        }

        Hold(in connections[slot]);
        connections.Remove(slot); // Its template stays, assured or not: only defences end both (ip_vs_conn_expire_now keeps the time-out).
        return true;
    }

    /// <summary>The new connection is scheduled: the kernel's old one, whose timer was set to now, ends behind it.</summary>
    public void LetGo()
    {
        if (_counted is { } server)
        {
            _counted = null;
            server.Unbind(_state);
            servers.ForgetIfUnused(server);
        }
    }

    private void Hold(in Flow flow)
    {
        LetGo();
        if (flow.ServerSlot != 0 && (flow.Traits & ConnectionTraits.OnePacket) == 0)
        {
            _counted = servers[flow.ServerSlot];
            _state = flow.State;
            _counted.Hold(_state);
        }
    }

    /// <summary>The same question without the deed.</summary>
    public bool WouldGiveWay(int slot, in Packet packet, IpvsSettings settings)
    {
        ref Flow flow = ref connections[slot];
        if (flow.Kind != ConnectionKind.Service)
        {
            return false;
        }

        if (settings.ExpireNoDestConn && flow.ServerSlot != 0 && IsLost(servers[flow.ServerSlot], in packet))
        {
            return true;
        }

        // What a template holds stays with its server and is revived; the template is not asked again (records raw_reuse_persistent_*).
        return settings.ConnReuseMode != 0 && FirstPacket.StartsAfresh(flow.State, in packet) && connections.ControllerOf(in flow) == 0;
    }

    /// <summary>expire_nodest_conn: the server is gone, or takes no new connections and this packet begins one.</summary>
    private static bool IsLost(RealServer server, in Packet packet) =>
        !server.IsConfigured || (server.Weight == 0 && packet.Protocol != TransportProtocol.Udp && FirstPacket.Opens(in packet));
}
