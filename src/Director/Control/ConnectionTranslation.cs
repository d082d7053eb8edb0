using HaLvs.Director.Control.V1;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Control;

/// <summary>Connections on the wire.</summary>
public static class ConnectionTranslation
{
    public static Connection ToReply(ConnectionRecord record) => new()
    {
        Kind = Words.Of(record.Kind),
        Protocol = Words.Of(record.Protocol),
        Client = record.Client.WithPort(record.ClientPort),
        Virtual = record.Virtual.WithPort(record.VirtualPort),
        Server = record.Server.WithPort(record.ServerPort),
        State = Words.Of(record.State),
        RemainingMilliseconds = record.RemainingMilliseconds,
    };
}
