using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Fragments;

/// <summary>What the fragments of one datagram have in common (RFC 791 section 3.2; RFC 8200 section 4.5, where the protocol does not count).</summary>
internal readonly record struct FragmentKey(Ip Source, Ip Destination, TransportProtocol Protocol, uint Identification)
{
    public static FragmentKey Of(in Packet packet) =>
        new(packet.Source, packet.Destination, packet.IsV6 ? 0 : packet.Protocol, packet.FragmentIdentification);

    /// <summary>For the keyed hash: the identification stands where ports do.</summary>
    public FlowTuple ToTuple() => new(Protocol, Source, (ushort)(Identification >> 16), Destination, (ushort)Identification);
}
