using System.Net;
using HaLvs.Director.Control.V1;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Control;

/// <summary>Which connections a listing shows; each end given must match, one that is not given always does.</summary>
public sealed record ConnectionFilter(ConnectionFilter.End Client, ConnectionFilter.End Virtual, ConnectionFilter.End Server)
{
    /// <summary>Null when a text is no end.</summary>
    public static ConnectionFilter? Of(ConnectionsRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return End.Of(request.Client) is { } client && End.Of(request.Virtual) is { } @virtual && End.Of(request.Server) is { } server
            ? new ConnectionFilter(client, @virtual, server)
            : null;
    }

    public bool Matches(ConnectionRecord record) =>
        Client.Matches(record.Client, record.ClientPort) && Virtual.Matches(record.Virtual, record.VirtualPort) && Server.Matches(record.Server, record.ServerPort);

    /// <param name="Address">Null: any.</param>
    /// <param name="Port">Null: any.</param>
    public sealed record End(Ip? Address, ushort? Port)
    {
        /// <summary>"", ADDRESS or ADDRESS:PORT; null for anything else.</summary>
        public static End? Of(string text)
        {
            ArgumentNullException.ThrowIfNull(text);
            return text.Length == 0 ? new End(null, null)
                : IPAddress.TryParse(text, out IPAddress? address) && !text.Contains(']', StringComparison.Ordinal) ? new End(Ip.From(address), null)
                : IPEndPoint.TryParse(text, out IPEndPoint? end) ? new End(Ip.From(end.Address), (ushort)end.Port)
                : null;
        }

        public bool Matches(Ip address, ushort port) => (Address is null || Address == address) && (Port is null || Port == port);
    }
}
