using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Opening;

/// <summary>
/// What a persistence template is found by (ip_vs_sched_persist of net/netfilter/ipvs/ip_vs_core.c): the client cut to the service's netmask, and the
/// service's address and port. Services of FTP and of every port have templates for all ports of the address; those of a mark have one for all
/// protocols, addresses and ports: protocol 0, and the mark in the place of the address, in its first 32 bits.
/// </summary>
internal readonly record struct TemplateKey(TransportProtocol Protocol, Ip Client, Ip Virtual, ushort VirtualPort)
{
    private const ushort FtpPort = 21;
    private const int AddressBits = 64;

    /// <summary>Protocol, client and virtual end of a connection, and the persistence of the service that it belongs to.</summary>
    public static TemplateKey Of(ServiceKey service, PersistenceConfig persistence, TransportProtocol protocol, Ip client, Ip @virtual, ushort virtualPort)
    {
        Ip network = Masked(client, persistence.Netmask);
        if (service.Mark != 0)
        {
            return new TemplateKey(0, network, AddressOf(service.Mark, client.IsV4), 0);
        }

        bool ownPort = virtualPort == service.Port && service.Port != FtpPort;
        return new TemplateKey(protocol, network, @virtual, ownPort ? virtualPort : (ushort)0);
    }

    public FlowTuple ToTuple() => new(FlowTuple.OutsideProtocolOf(ConnectionKind.Template, default, Protocol), Client, 0, Virtual, VirtualPort);

    private static Ip AddressOf(uint mark, bool v4) => v4 ? Ip.FromV4(mark) : new Ip((ulong)mark << (AddressBits / 2), 0);

    private static Ip Masked(Ip client, uint netmask) => client.IsV4 ? Ip.FromV4(client.V4 & netmask) : IpPrefix.Cut(client, (int)netmask);
}
