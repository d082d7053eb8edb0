using System.Net.Sockets;

namespace HaLvs.Linux.Netlink;

/// <summary>"iif INTERFACE lookup TABLE" at a priority (the lowest number comes first). Protocol is FRA_PROTOCOL: whose it is.</summary>
public sealed record RoutingRule(string IncomingInterface, uint Table, uint Priority)
{
    public AddressFamily Family { get; init; } = AddressFamily.InterNetwork;

    public byte Protocol { get; init; }

    public override string ToString() => $"{(Family == AddressFamily.InterNetworkV6 ? "IPv6 " : "")}rule {Priority}: iif {IncomingInterface} lookup {Table} proto {Protocol}";
}
