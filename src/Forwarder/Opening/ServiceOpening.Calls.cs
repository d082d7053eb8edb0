using HaLvs.Forwarder.Calls;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Opening;

/// <summary>
/// The persistence engine sip (net/netfilter/ipvs/ip_vs_pe_sip.c): templates named by Call-ID besides client and service, and requests of real servers,
/// which leave from the virtual address (ip_vs_new_conn_out of ip_vs_core.c). Decisions: docs/adr/0018.
/// </summary>
internal sealed partial class ServiceOpening
{
    /// <summary>
    /// Steps 3 to 5 for a real server's datagram that no connection explains. 0 with no reason: none of a SIP service's, or a message without a Call-ID;
    /// it goes its way as any other inside host's does.
    /// </summary>
    public int OpenFromServer(ReadOnlySpan<byte> frame, in Packet packet, NetworkFacts facts, long now, out DropReason refused)
    {
        refused = DropReason.None;
        bool mayBe = packet.Protocol == TransportProtocol.Udp && facts.LeavesInside(packet.Source, packet.Destination);
        if (!mayBe || FindCaller(in packet) is not { Service: { } service } server)
        {
            return 0;
        }

        Packet asRequest = packet;
        (asRequest.Source, asRequest.SourcePort) = (packet.Destination, packet.DestinationPort);
        (asRequest.Destination, asRequest.DestinationPort) = (service.Key.Address, service.Key.Port);
        if (!TryReadCall(service, frame, in asRequest, out CallId call))
        {
            return 0;
        }

        EndOlder(service, in asRequest, now);
        int slot = service.Config.Persistence is { } persistence
            ? OpenCall(service, server, persistence, call, in asRequest, facts, now, out refused)
            : Add(service, server, server.Key.Port, in asRequest, facts, now, out refused);
        CountOpened(slot);
        return slot;
    }

    /// <summary>
    /// The client's end has a connection with another server already. Which of two gets its messages must not depend on the node (the kernel keeps both and
    /// finds the newer one): the newer takes the place of the older. Each server's next message begins its own again; with one-packet scheduling nobody's ends.
    /// </summary>
    private void EndOlder(VirtualService service, in Packet asRequest, long now)
    {
        FlowTuple tuple = new(asRequest.Protocol, asRequest.Source, asRequest.SourcePort, asRequest.Destination, asRequest.DestinationPort);
        int older = service.Config.OnePacket ? 0 : connections.FindOutside(in tuple, now);
        if (older != 0)
        {
            connections.Remove(older); // Alone: its call is its server's still.
        }
    }

    private int OpenCall(
        VirtualService service, RealServer server, PersistenceConfig persistence, CallId call, in Packet packet, NetworkFacts facts, long now, out DropReason refused)
    {
        TemplateKey key = TemplateKey.Of(service.Key, persistence, packet.Protocol, packet.Source, packet.Destination, packet.DestinationPort);
        int template = _templates.Look(in key, call, now);
        template = template != 0 && connections[template].ServerSlot == server.Slot ? template : FindTemplate(in key, ref call, facts.Ipvs, now);
        if (template != 0 && connections[template].ServerSlot != server.Slot)
        {
            if (call.IsNone)
            {
                return Add(service, server, server.Key.Port, in packet, facts, now, out refused); // The client's template is for its other calls.
            }

            connections.SetAside(template); // The server that speaks has the call (ip_vs_check_template).
            template = 0;
        }

        template = template == 0 ? _templates.Add(in key, call, service, server, now) : template;
        refused = DropReason.TableFull;
        return template == 0 ? 0 : AddHolding(template, service, server, server.Key.Port, in packet, facts, now, out refused);
    }

    /// <summary>The real server of a SIP service that sends from this address and port.</summary>
    private RealServer? FindCaller(in Packet packet)
    {
        foreach (VirtualService service in services.CallServices)
        {
            ServerKey key = new(service.Key, packet.Source, packet.SourcePort);
            if (servers.Find(key) is { IsConfigured: true, Config.Method: ForwardingMethod.Masquerade } server)
            {
                return server;
            }
        }

        return null;
    }

    /// <summary>False: the service goes by Call-IDs and the datagram has none. Other protocols than UDP go by the client's address, and need none.</summary>
    private static bool TryReadCall(VirtualService service, ReadOnlySpan<byte> frame, scoped in Packet packet, out CallId call)
    {
        call = default;
        if (service.Config.Persistence?.Engine != ServiceRules.SipEngine || packet.Protocol != TransportProtocol.Udp)
        {
            return true;
        }

        call = CallId.In(frame, in packet);
        return !call.IsNone;
    }

    /// <summary>A call that is new while every place for a Call-ID is taken goes by its client's address: it has no Call-ID from here on.</summary>
    private int FindTemplate(in TemplateKey key, ref CallId call, IpvsSettings settings, long now)
    {
        int template = _templates.Find(in key, call, settings, now);
        if (template != 0 || call.IsNone || !connections.Calls.IsFull)
        {
            return template;
        }

        counters.CallsWithoutRoom++;
        connections.Calls.FullAt = now;
        call = default;
        return _templates.Find(in key, call, settings, now);
    }

    /// <summary>Where a call that began while there was no room for its Call-ID went: a client's server then, as long as its template may live.</summary>
    private RealServer? Remembered(VirtualService service, in TemplateKey key, CallId call, IpvsSettings settings, long now)
    {
        if (call.IsNone || now - connections.Calls.FullAt > service.Config.Persistence!.Timeout.TotalMilliseconds)
        {
            return null;
        }

        int template = _templates.Find(in key, default, settings, now);
        return template == 0 ? null : servers[connections[template].ServerSlot];
    }
}
