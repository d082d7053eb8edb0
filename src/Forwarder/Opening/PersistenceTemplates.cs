using HaLvs.Forwarder.Calls;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Opening;

/// <summary>
/// The templates of persistent services: which server a client had. A template is at least as old as its service's time-out says, counted from its
/// newest connection, and does not end while it has connections (<see cref="ConnectionTable.Control"/>). It overrides thresholds and weight 0.
/// </summary>
internal sealed class PersistenceTemplates(ConnectionTable connections, ServerRegistry servers)
{
    /// <summary>
    /// Slot of a template that still leads somewhere, or 0. One whose server is gone is set aside: its key is spoilt so that nothing finds it any
    /// more, and it ends by its own time (ip_vs_check_template).
    /// </summary>
    public int Find(in TemplateKey key, CallId call, IpvsSettings settings, long now)
    {
        int slot = Look(in key, call, now);
        if (slot != 0 && !Leads(servers[connections[slot].ServerSlot], settings))
        {
            connections.SetAside(slot);
            return 0;
        }

        return slot;
    }

    /// <summary>Slot of the template wherever it leads, or 0.</summary>
    public int Look(in TemplateKey key, CallId call, long now)
    {
        FlowTuple tuple = key.ToTuple();
        return call.IsNone ? connections.FindOutside(in tuple, now) : connections.FindCall(in tuple, call.Digest, now);
    }

    /// <summary>True when a template of this server may be honoured.</summary>
    public static bool Leads(RealServer server, IpvsSettings settings) =>
        server is { IsConfigured: true, Drain: null, Config.Method: ForwardingMethod.Masquerade } && !(settings.ExpireQuiescentTemplate && server.Config.Weight == 0);

    /// <summary>Slot of a new template, or 0 when the table is full; of one with a Call-ID also when <see cref="ConnectionTable.Calls"/> is.</summary>
    public int Add(in TemplateKey key, CallId call, VirtualService service, RealServer server, long now)
    {
        uint timeout = (uint)service.Config.Persistence!.Timeout.TotalMilliseconds;
        ushort port = key.VirtualPort == 0 ? (ushort)0 : server.Key.Port;
        ConnectionRecord record = new(
            ConnectionKind.Template, key.Protocol, key.Client, 0, key.Virtual, key.VirtualPort, server.Key.Address, port, ConnectionState.None, timeout)
        {
            Mark = service.Key.Mark,
            ServicePort = service.Key.Port,
            ConfiguredPort = server.Key.Port,
            Traits = server.Key.Port == 0 ? ConnectionTraits.ServerPortIsClients : ConnectionTraits.None,
        };
        return connections.Add(in record, server, now, call: call);
    }
}
