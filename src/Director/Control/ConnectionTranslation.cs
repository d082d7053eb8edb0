using System.Net;
using HaLvs.Director.Control.V1;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

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

        if (record.CallId is { } call)
        {
            reply.CallId = call;
        }

        return reply;
    }

    /// <summary>What a listing needs of the record; words of a newer director become the nearest that is known.</summary>
    public static ConnectionRecord FromReply(Connection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        (IPEndPoint client, IPEndPoint @virtual, IPEndPoint server) = (IPEndPoint.Parse(connection.Client), IPEndPoint.Parse(connection.Virtual), IPEndPoint.Parse(connection.Server));
        return new ConnectionRecord(
            Enum.GetValues<ConnectionKind>().FirstOrDefault(k => Words.Of(k) == connection.Kind),
            Enum.GetValues<TransportProtocol>().FirstOrDefault(p => Words.Of(p) == connection.Protocol),
            Ip.From(client.Address), (ushort)client.Port, Ip.From(@virtual.Address), (ushort)@virtual.Port, Ip.From(server.Address), (ushort)server.Port,
            Enum.GetValues<ConnectionState>().FirstOrDefault(s => Words.Of(s) == connection.State), connection.RemainingMilliseconds)
        {
            Mark = connection.Mark,
            CallId = connection.HasCallId ? connection.CallId : null,
        };
    }
}
