using HaLvs.Director.Control.V1;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Control;

/// <summary>Connections on the wire.</summary>
public static class ConnectionTranslation
{
    public static Connection ToReply(ConnectionRecord record)
    {
        Connection reply = new()
        {
            Kind = Words.Of(record.Kind),
            Protocol = Words.Of(record.Protocol),
            Client = record.Client.WithPort(record.ClientPort),
            Virtual = record.Virtual.WithPort(record.VirtualPort),
            Server = record.Server.WithPort(record.ServerPort),
            State = Words.Of(record.State),
            RemainingMilliseconds = record.RemainingMilliseconds,
            Mark = record.Mark,
            ClientShift = record.ClientShift.After,
            ServerShift = record.ServerShift.After,
        };
        reply.Traits.AddRange(Words.Of(record.Traits));
        if (record is { ControlClientPort: not 0 } or { ControlVirtualPort: not 0 })
        {
            reply.ControlClient = record.Client.WithPort(record.ControlClientPort);
            reply.ControlVirtual = record.Virtual.WithPort(record.ControlVirtualPort);
        }

        if (record.Traits.HasFlag(ConnectionTraits.Hairpin))
        {
            reply.Gateway = record.Gateway.WithPort(record.GatewayPort);
        }

        return reply;
    }
}
