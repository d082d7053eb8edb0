using System.Net;

namespace HaLvs.Linux.Netlink;

/// <summary>The kernel answers ARP (or neighbour solicitations) for the address on this interface as long as it would forward to it.</summary>
public sealed record ProxyNeighbour(IPAddress Address, int InterfaceIndex)
{
    public byte Protocol { get; init; }

    public override string ToString() => $"proxy {Address} dev {InterfaceIndex} proto {Protocol}";
}
