using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Commands.Ipvsadm.Naming;

/// <summary>Names of hosts and of ports, both ways. Null: not known.</summary>
internal interface INameSource
{
    /// <summary>An IPv4 address in host order.</summary>
    uint? AddressOf(string host);

    string? HostOf(Ip address);

    ushort? PortOf(string service, TransportProtocol protocol);

    string? ServiceOf(ushort port, TransportProtocol protocol);
}
