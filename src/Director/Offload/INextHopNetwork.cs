using HaLvs.Forwarder.Packets;
using HaLvs.Linux.Offload;

namespace HaLvs.Director.Offload;

/// <summary>What next hops ask of the kernel; tests have a double.</summary>
internal interface INextHopNetwork
{
    /// <summary>Reads neighbours, links and routes anew.</summary>
    /// <returns>True when routes or rules are not what they were: the ways to clients may be others.</returns>
    bool Look();

    /// <summary>By which interface and to which neighbour (a gateway, or the destination itself) a translated packet goes; null: nowhere that the program can send.</summary>
    /// <param name="source">The address that the packet bears; null: any (a client's).</param>
    (Ip Neighbour, int InterfaceIndex)? WayTo(Ip? source, Ip destination);

    /// <summary>The neighbour's hardware address and the interface's own; null while it is not known. Whoever is not known, or not confirmed of late, is asked for.</summary>
    OffloadNextHop? Resolve(Ip neighbour, int interfaceIndex);
}
