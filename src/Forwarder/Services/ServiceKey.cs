using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Services;

/// <summary>What names a virtual service.</summary>
internal readonly record struct ServiceKey(TransportProtocol Protocol, Ip Address, ushort Port)
{
    public override string ToString() => $"{Address.WithPort(Port)}/{Protocol}".ToLowerInvariant();
}
