using System.Collections.Immutable;
using HaLvs.Forwarder.Explaining;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder;

/// <summary>Answers of the core about itself.</summary>
public sealed partial class ForwardingCore
{
    /// <summary>Where a client's packet goes, or would go, and why. Changes nothing: no connection, no pick, no counter.</summary>
    public Explanation Explain(ExplainQuery query, long now)
    {
        ArgumentNullException.ThrowIfNull(query);
        Packet packet = query.ToPacket();
        NetworkFacts facts = _pipeline.Facts;
        ImmutableArray<ExplanationLine>.Builder lines = ImmutableArray.CreateBuilder<ExplanationLine>();
        if (!facts.IsFromOutside(packet.Source, packet.Destination))
        {
            lines.Add(new(ExplanationCode.NotOurs, $"{query.Virtual} is neither a virtual address nor named by a mark rule: the packet goes its normal way."));
            return new Explanation(false, null, 0, lines.ToImmutable());
        }

        FlowExplanation flows = new(_connections, _servers, new ConnectionReuse(_connections, _servers));
        if (flows.Explain(lines, in packet, facts.Ipvs, now) is { } existing)
        {
            return existing;
        }

        int limit = Options.ClientLimits.ConcurrentConnections;
        if (limit > 0 && _connections.Limits.Concurrent(packet.Source) >= limit)
        {
            lines.Add(new(ExplanationCode.ClientLimit, $"{query.Client} has {limit} connections or more: a new one is refused."));
            return new Explanation(false, null, 0, lines.ToImmutable());
        }

        return new OpeningExplanation(_connections, _services, _servers).Explain(lines, in packet, facts, now);
    }
}
