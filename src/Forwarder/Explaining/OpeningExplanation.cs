using System.Collections.Immutable;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Scheduling;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Explaining;

/// <summary>What a packet that no connection explains would get: the walk of <see cref="ServiceOpening"/>, in words and without a change.</summary>
internal sealed class OpeningExplanation(ConnectionTable connections, ServiceTable services, ServerRegistry servers)
{
    private readonly ServiceLookup _lookup = new(services);

    public Explanation Explain(ImmutableArray<ExplanationLine>.Builder lines, in Packet packet, NetworkFacts facts, long now)
    {
        VirtualService? service = ExplainService(lines, in packet, facts.Marks, out ServiceMatch match);
        if (service is null || Refuses(lines, service, match, in packet, facts.Ipvs))
        {
            return None(lines);
        }

        RealServer? server = service.Config.Persistence is { } persistence ? FromTemplate(lines, service, persistence, in packet, facts.Ipvs, now) : null;
        server ??= FromScheduler(lines, service, in packet, now);
        if (server is not null && facts.IsVirtual(server.Key.Address))
        {
            lines.Add(new(ExplanationCode.Loop, $"{server.Key.Address} is a virtual address itself: dropped, it would come back for ever."));
            return None(lines);
        }

        return server is null ? None(lines) : new Explanation(false, server.Key.Address, PortOf(service, server, in packet), lines.ToImmutable());
    }

    private static Explanation None(ImmutableArray<ExplanationLine>.Builder lines) => new(false, null, 0, lines.ToImmutable());

    private VirtualService? ExplainService(ImmutableArray<ExplanationLine>.Builder lines, in Packet packet, MarkRules marks, out ServiceMatch match)
    {
        MarkRule? rule = marks.Find(in packet);
        VirtualService? service = _lookup.Find(in packet, marks, out match);
        if (rule is not null)
        {
            lines.Add(new(ExplanationCode.MarkRule, $"The mark rule for {rule.Destination} gives it mark {rule.Mark}."));
        }

        if (rule is not null && match != ServiceMatch.Mark)
        {
            lines.Add(new(ExplanationCode.MarkWithoutService, $"No service has mark {rule.Mark} in this address family."));
        }

        lines.Add(match switch
        {
            ServiceMatch.Mark => new(ExplanationCode.ServiceByMark, $"The service of {service!.Key} takes it."),
            ServiceMatch.Exact => new(ExplanationCode.ServiceExact, $"The service {service!.Key} takes it."),
            ServiceMatch.FtpData => new(ExplanationCode.ServiceFtpData, $"The FTP service {service!.Key} is asked: it may be a data connection."),
            ServiceMatch.AnyPort => new(ExplanationCode.ServiceAnyPort, $"The service of every port {service!.Key} takes it."),
            _ => new(ExplanationCode.NoService, "No service takes it: answered like a closed port."),
        });
        return service;
    }

    private static bool Refuses(
        ImmutableArray<ExplanationLine>.Builder lines, VirtualService service, ServiceMatch match, in Packet packet, IpvsSettings settings)
    {
        ExplanationLine? line = null;
        if (match == ServiceMatch.FtpData && service.Config.Persistence is null)
        {
            line = new(ExplanationCode.FtpNotPersistent, "Without persistence, data connections are found by what the control connection said: closed port.");
        }
        else if (packet.SourcePort == ServiceOpening.FtpDataPort)
        {
            line = new(ExplanationCode.FtpDataSource, "A client's source port 20 opens nothing: servers' FTP data connections come from there.");
        }
        else if (!FirstPacket.Opens(in packet, settings.SloppyTcp))
        {
            line = new(ExplanationCode.OpensNothing, "It does not begin a connection (sloppy_tcp 0): answered like a closed port.");
        }

        if (line is not null)
        {
            lines.Add(line);
        }

        return line is not null;
    }

    private RealServer? FromTemplate(
        ImmutableArray<ExplanationLine>.Builder lines, VirtualService service, PersistenceConfig persistence, in Packet packet, IpvsSettings settings, long now)
    {
        if (persistence.Engine == ServiceRules.SipEngine && packet.Protocol == TransportProtocol.Udp)
        {
            lines.Add(new(ExplanationCode.ByCallId,
                "Engine sip: a message goes where its Call-ID went before, a new call as below; one without a Call-ID is dropped."));
            return null;
        }

        TemplateKey key = TemplateKey.Of(service.Key, persistence, packet.Protocol, packet.Source, packet.Destination, packet.DestinationPort);
        int slot = connections.LookOutside(key.ToTuple(), now);
        if (slot == 0)
        {
            lines.Add(new(ExplanationCode.NoTemplate, $"No template for {key.Client}."));
            return null;
        }

        RealServer server = servers[connections[slot].ServerSlot];
        bool leads = PersistenceTemplates.Leads(server, settings);
        uint seconds = (connections.RemainingMilliseconds(in connections[slot], now) + 999) / 1000;
        lines.Add(leads
            ? new(ExplanationCode.Template, $"The template of {key.Client} leads to {server.Key.Address}; {seconds} s left, {connections[slot].Controlled} connections hold it.")
            : new(ExplanationCode.TemplateUnusable, $"The template of {key.Client} names {server.Key.Address}, but {WhyNot(server)}: "
                + "it is set aside, and the client gets a new one for the server that the scheduler picks."));
        return leads ? server : null;
    }

    /// <summary>Why a template of this server is not honoured (<see cref="PersistenceTemplates.Leads"/>).</summary>
    private static string WhyNot(RealServer server) => server switch
    {
        { IsConfigured: false } => "that server is gone",
        { Drain: { } drain } => $"that server drains ({DrainText.Of(drain.ToSnapshot(server.CountedConnections))})",
        { Config.Method: not ForwardingMethod.Masquerade } => $"{server.Config!.Method} is not carried out",
        _ => "that server is quiesced (weight 0 under expire_quiescent_template)",
    };

    private static RealServer? FromScheduler(ImmutableArray<ExplanationLine>.Builder lines, VirtualService service, in Packet packet, long now)
    {
        foreach (RealServer server in service.Servers)
        {
            lines.Add(new(ExplanationCode.ServerState, $"{server.Key.Address.WithPort(server.Key.Port)}: {StateOf(server)}"));
        }

        RealServer? chosen = service.Preview(new NewConnection(packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort, now));
        lines.Add(chosen is null
            ? new(ExplanationCode.NoServer, $"Scheduler {service.Config.Scheduler} has no server for it: ICMP port unreachable.")
            : new(ExplanationCode.Scheduled, $"Scheduler {service.Config.Scheduler} picks {chosen.Key.Address.WithPort(chosen.Key.Port)}."));
        return chosen;
    }

    private static string StateOf(RealServer server)
    {
        string counts = $"weight {server.Config!.Weight}, {server.ActiveConnections} active, {server.InactiveConnections} inactive";
        string why = server switch
        {
            { Config.Method: not ForwardingMethod.Masquerade } => $"takes none: {server.Config.Method} is not carried out",
            { Drain: { } drain } => $"takes none: it drains ({DrainText.Of(drain.ToSnapshot(server.CountedConnections))})",
            { Weight: 0 } => "takes none: weight 0",
            { IsOverloaded: true } => $"takes none: overloaded (upper threshold {server.Config.UpperThreshold})",
            _ => "takes connections",
        };
        return $"{counts}: {why}.";
    }

    private static ushort PortOf(VirtualService service, RealServer server, in Packet packet)
    {
        bool own = server.Key.Port != 0 && (service.Config.Persistence is null || packet.DestinationPort == service.Key.Port);
        return own ? server.Key.Port : packet.DestinationPort;
    }
}
