using System.Collections.Immutable;
using System.Text;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Explaining;

/// <summary>What the table says of a packet: the connection that it belongs to, and what that hangs on. Changes nothing.</summary>
internal sealed class FlowExplanation(ConnectionTable connections, ServerRegistry servers, ConnectionReuse reuse)
{
    /// <summary>Null: no connection explains the packet (any more); the lines say so if one is about to give way.</summary>
    public Explanation? Explain(ImmutableArray<ExplanationLine>.Builder lines, in Packet packet, IpvsSettings settings, long now)
    {
        FlowTuple tuple = new(packet.Protocol, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);
        int slot = connections.LookOutside(in tuple, now);
        if (slot == 0)
        {
            return null;
        }

        ref Flow flow = ref connections[slot];
        string text = Text(in flow, now);
        if (reuse.WouldGiveWay(slot, in packet, settings))
        {
            lines.Add(new(ExplanationCode.GivesWay, $"{text}, but gives way to a new connection: it is over, or its server takes none."));
            return null;
        }

        AddController(lines, in flow, now);
        bool isGone = flow.ServerSlot != 0 && !servers[flow.ServerSlot].IsConfigured;
        lines.Add(isGone
            ? new(ExplanationCode.ServerGone, $"{text}; the server is not configured any more: the client's packets are dropped until it is back.")
            : new(ExplanationCode.Existing, $"{text}{Draining(in flow)}."));
        return new Explanation(true, isGone ? null : flow.Server, flow.ServerPort, lines.ToImmutable());
    }

    /// <summary>A connection that is open stays where it is, until the deadline if there is one.</summary>
    private string Draining(in Flow flow) => flow.ServerSlot != 0 && servers[flow.ServerSlot] is { Drain: { } drain } server
        ? $"; the server drains ({DrainText.Of(drain.ToSnapshot(server.CountedConnections))})"
        : "";

    private void AddController(ImmutableArray<ExplanationLine>.Builder lines, in Flow flow, long now)
    {
        int controller = connections.ControllerOf(in flow);
        if (controller != 0)
        {
            bool isTemplate = connections[controller].Kind == ConnectionKind.Template;
            lines.Add(new(isTemplate ? ExplanationCode.HoldsTemplate : ExplanationCode.ControlledBy,
                $"{(isTemplate ? "It holds a template" : "It is controlled by")}: {Text(in connections[controller], now)}."));
        }
    }

    private string Text(in Flow flow, long now) =>
        $"{(flow.Protocol == 0 ? "IP" : flow.Protocol.ToString().ToUpperInvariant())} {flow.Client.WithPort(flow.ClientPort)} to "
        + $"{flow.Virtual.WithPort(flow.VirtualPort)} goes to {flow.Server.WithPort(flow.ServerPort)}, state {flow.State}, "
        + $"{(connections.RemainingMilliseconds(in flow, now) + 999) / 1000} s left without packets"
        + (flow.Call == 0 ? "" : $", Call-ID {Encoding.Latin1.GetString(connections.Calls[flow.Call])}");
}
