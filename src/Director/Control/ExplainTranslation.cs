using HaLvs.Director.Control.V1;
using HaLvs.Forwarder.Explaining;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Control;

/// <summary>Questions about a flow, and their answers, on the wire.</summary>
public static class ExplainTranslation
{
    /// <summary>Null when the request is no question: an end without a port, two families, another protocol.</summary>
    public static ExplainQuery? ToQuery(ExplainRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        TransportProtocol? protocol = request.Protocol switch
        {
            "tcp" => TransportProtocol.Tcp,
            "udp" => TransportProtocol.Udp,
            "sctp" => TransportProtocol.Sctp,
            _ => null,
        };
        return protocol is not null
            && ConnectionFilter.End.Of(request.Client) is { Address: { } client, Port: { } clientPort }
            && ConnectionFilter.End.Of(request.Virtual) is { Address: { } @virtual, Port: { } virtualPort }
            && client.IsV4 == @virtual.IsV4
            ? new ExplainQuery(protocol.Value, client, clientPort, @virtual, virtualPort)
            : null;
    }

    public static ExplainReply ToReply(Explanation explanation)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        ExplainReply reply = new() { Existing = explanation.Existing, Reason = explanation.Reason };
        if (explanation.Server is { } server)
        {
            reply.Server = server.WithPort(explanation.ServerPort);
        }

        reply.Lines.AddRange(explanation.Lines.Select(l => new ExplainLine { Code = l.Code, Text = l.Text }));
        return reply;
    }
}
