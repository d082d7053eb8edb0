using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Services;

/// <summary>What names a real server: the same address behind two services is two servers, as in IPVS.</summary>
/// <param name="Port">0 when the server answers on whatever port the client asked for (services of port 0 or of a mark).</param>
internal readonly record struct ServerKey(ServiceKey Service, Ip Address, ushort Port)
{
    public static ServerKey Of(in ConnectionRecord record) =>
        new(ServiceOf(in record), record.Server, (record.Traits & ConnectionTraits.ServerPortIsClients) != 0 ? (ushort)0 : record.ConfiguredPort);

    private static ServiceKey ServiceOf(in ConnectionRecord record) => record.Mark != 0
        ? ServiceKey.OfMark(record.Mark, v6: !record.Server.IsV4)
        : new ServiceKey(record.Protocol, record.Virtual, record.ServicePort);
}
