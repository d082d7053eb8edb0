using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Opening;

/// <summary>
/// Gives a firewall mark to a client's new flow, as a rule of the kernel's packet filter would: the mark of a packet does not cross a TUN, so the core
/// matches for itself (docs/adr/0012). Rules stand in an order and the first that matches decides.
/// </summary>
/// <param name="Mark">The mark, not 0: a service of this mark takes the flow.</param>
/// <param name="Destination">The clients talk to an address in this prefix. Packets to it count as from outside though it need not be a virtual address.</param>
public sealed record MarkRule(uint Mark, IpPrefix Destination)
{
    /// <summary>Null: any client.</summary>
    public IpPrefix? Source { get; init; }

    /// <summary>Null: any protocol.</summary>
    public TransportProtocol? Protocol { get; init; }

    public ushort FirstPort { get; init; }

    /// <summary>Destination ports, both ends included.</summary>
    public ushort LastPort { get; init; } = ushort.MaxValue;

    internal bool Matches(in Packet packet) =>
        Destination.Contains(packet.Destination) && packet.DestinationPort >= FirstPort && packet.DestinationPort <= LastPort
        && (Protocol is null || Protocol == packet.Protocol) && (Source is null || Source.Value.Contains(packet.Source));
}
