using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Services;

/// <summary>What names a real server: the same address behind two services is two servers, as in IPVS.</summary>
internal readonly record struct ServerKey(ServiceKey Service, Ip Address, ushort Port)
{
    public static ServerKey Of(in ConnectionRecord record) =>
        new(new ServiceKey(record.Protocol, record.Virtual, record.VirtualPort), record.Server, record.ServerPort);
}
