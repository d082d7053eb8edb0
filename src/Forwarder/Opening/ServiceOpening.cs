using HaLvs.Forwarder.Calls;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Helpers;
using HaLvs.Forwarder.Nat;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Scheduling;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Opening;

/// <summary>
/// Steps 3 to 5 of the pipeline for a client's packet that no connection explains: the service, the template or the scheduler's choice, the new
/// connection (ip_vs_schedule and ip_vs_sched_persist of net/netfilter/ipvs/ip_vs_core.c).
/// </summary>
internal sealed partial class ServiceOpening(
    ConnectionTable connections, ServiceTable services, ServerRegistry servers, ForwarderCounters counters, Admission admission, ulong seed)
{
    /// <summary>Active FTP: a server's data connection comes from here. A client that uses it gets nothing, as in the kernel.</summary>
    public const ushort FtpDataPort = 20;

    private readonly ServiceLookup _lookup = new(services);
    private readonly PersistenceTemplates _templates = new(connections, servers);
    private readonly Hairpin _hairpin = new(connections, seed);
    private readonly OnePacketFlows _onePacket = new(connections);

    /// <summary>Slot of the new connection; 0 with the reason why there is none, not counted yet.</summary>
    public int Open(ReadOnlySpan<byte> frame, in Packet packet, NetworkFacts facts, long now, out DropReason refused)
    {
        // 3 find the service
        VirtualService? service = _lookup.Find(in packet, facts.Marks, out ServiceMatch match);
        refused = Refuses(service, match, in packet, facts.Ipvs);
        refused = refused == DropReason.None ? admission.Refuses(in packet, now) : refused;
        if (refused != DropReason.None)
        {
            return 0;
        }

        int slot = service!.Config.Persistence is null
            ? OpenScheduled(service, in packet, facts, now, out refused)
            : OpenPersistent(service, frame, in packet, facts, now, out refused);
        CountOpened(slot);
        return slot;
    }

    /// <summary>Why a packet opens no connection whatever the servers say; None: it may.</summary>
    public static DropReason Refuses(VirtualService? service, ServiceMatch match, in Packet packet, IpvsSettings settings)
    {
        bool othersBusiness = match == ServiceMatch.FtpData && service!.Config.Persistence is null;
        if (service is null || othersBusiness || packet.SourcePort == FtpDataPort)
        {
            return DropReason.NoService;
        }

        return FirstPacket.Opens(in packet, settings.SloppyTcp) ? DropReason.None : DropReason.NoConnection;
    }

    private int OpenScheduled(VirtualService service, in Packet packet, NetworkFacts facts, long now, out DropReason refused)
    {
        // 4 schedule a server
        RealServer? server = Schedule(service, in packet, facts, now, out refused);
        if (server is null)
        {
            return 0;
        }

        // 5 create the connection
        return Add(service, server, server.Key.Port != 0 ? server.Key.Port : packet.DestinationPort, in packet, facts, now, out refused);
    }

    private int OpenPersistent(VirtualService service, ReadOnlySpan<byte> frame, in Packet packet, NetworkFacts facts, long now, out DropReason refused)
    {
        // 4 the template of the client or of the call, or schedule a server and remember it
        refused = DropReason.NoCallId;
        if (!TryReadCall(service, frame, in packet, out CallId call))
        {
            return 0;
        }

        TemplateKey key = TemplateKey.Of(
            service.Key, service.Config.Persistence!, packet.Protocol, packet.Source, packet.Destination, packet.DestinationPort);
        int template = FindTemplate(in key, ref call, facts.Ipvs, now);
        bool isNew = template == 0;
        if (isNew)
        {
            RealServer? chosen = Remembered(service, in key, call, facts.Ipvs, now) ?? Schedule(service, in packet, facts, now, out refused);
            if (chosen is null)
            {
                return 0;
            }

            template = _templates.Add(in key, call, service, chosen, now);
        }

        refused = DropReason.TableFull;
        if (template == 0)
        {
            return 0;
        }

        // 5 create the connection, which holds the template
        RealServer server = servers[connections[template].ServerSlot];
        bool serversPort = packet.DestinationPort == service.Key.Port && server.Key.Port != 0;
        int slot = AddHolding(template, service, server, serversPort ? server.Key.Port : packet.DestinationPort, in packet, facts, now, out refused);
        if (slot == 0 && isNew)
        {
            connections.Remove(template); // Nobody's: it would keep a place from a connection.
        }

        return slot;
    }

    private int AddHolding(
        int template, VirtualService service, RealServer server, ushort serverPort, in Packet packet, NetworkFacts facts, long now, out DropReason refused)
    {
        int slot = Add(service, server, serverPort, in packet, facts, now, out refused, template);
        if (slot != 0)
        {
            connections.Control(slot, template);
        }

        connections.Rearm(template, now);
        return slot;
    }

    /// <summary>ip_vs_conn_stats: of every connection that a packet opens.</summary>
    private void CountOpened(int slot)
    {
        if (slot != 0)
        {
            servers[connections[slot].ServerSlot].Opened();
            counters.NewConnections++;
        }
    }

    private static RealServer? Schedule(VirtualService service, in Packet packet, NetworkFacts facts, long now, out DropReason refused)
    {
        RealServer? server = service.Schedule(new NewConnection(packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort, now));
        refused = server is null ? DropReason.NoServer : DropReason.None;
        if (server is not null && facts.IsVirtual(server.Key.Address))
        {
            refused = DropReason.Martian; // It would come back to us for ever.
        }

        return refused == DropReason.None ? server : null;
    }

    private int Add(
        VirtualService service, RealServer server, ushort serverPort, in Packet packet, NetworkFacts facts, long now, out DropReason refused, int template = 0)
    {
        ConnectionState state = FirstPacket.StateBefore(packet.Protocol);
        ConnectionRecord record = new(
            ConnectionKind.Service, packet.Protocol, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort,
            server.Key.Address, serverPort, state, connections.TimeoutOf(state))
        {
            Mark = server.Key.Service.Mark,
            ServicePort = server.Key.Service.Port,
            ConfiguredPort = server.Key.Port,
            Traits = (server.Key.Port == 0 ? ConnectionTraits.ServerPortIsClients : ConnectionTraits.None)
                | ControlChannels.TraitsOf(service.Config, in packet),
        };
        bool onePacket = service.Config.OnePacket && packet.Protocol == TransportProtocol.Udp;
        refused = DropReason.PortsExhausted;
        if (!_hairpin.TryComplete(ref record, onePacket, facts, now))
        {
            return 0;
        }

        int slot = onePacket ? _onePacket.Open(in record, server, template, now) : connections.Add(in record, server, now, spared: template);
        refused = slot == 0 ? DropReason.TableFull : DropReason.None;
        return slot;
    }
}
