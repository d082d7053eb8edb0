using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Services;

/// <summary>
/// What names a virtual service: protocol, address and port, or a firewall mark and an address family. A service of a mark has protocol 0
/// (IPPROTO_IP), port 0 and the family's unspecified address, as in net/netfilter/ipvs.
/// </summary>
/// <param name="Mark">0: no mark, the service is named by protocol, address and port. Port 0 then stands for every port.</param>
public readonly record struct ServiceKey(TransportProtocol Protocol, Ip Address, ushort Port, uint Mark = 0)
{
    /// <summary>The service of a firewall mark.</summary>
    public static ServiceKey OfMark(uint mark, bool v6) => new(0, v6 ? default : Ip.FromV4(0), 0, mark);

    public override string ToString() => Mark != 0
        ? $"mark {Mark}{(Address.IsV4 ? "" : " (IPv6)")}"
        : $"{Address.WithPort(Port)}/{Protocol}".ToLowerInvariant();
}
