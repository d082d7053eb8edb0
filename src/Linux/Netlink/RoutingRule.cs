using System.Net;
using System.Net.Sockets;

namespace HaLvs.Linux.Netlink;

/// <summary>"iif INTERFACE lookup TABLE" at a priority (the lowest number comes first). Protocol is FRA_PROTOCOL: whose it is.</summary>
public sealed record RoutingRule(string IncomingInterface, uint Table, uint Priority)
{
    public AddressFamily Family { get; init; } = AddressFamily.InterNetwork;

    public byte Protocol { get; init; }

    /// <summary>"to ADDRESS": packets for this host alone. Null: all.</summary>
    public IPAddress? Destination { get; init; }

    /// <summary>"ipproto NUMBER" (IANA protocol number). 0: all.</summary>
    public byte Transport { get; init; }

    public override string ToString() => $"{(Family == AddressFamily.InterNetworkV6 ? "IPv6 " : "")}rule {Priority}: {(Destination is null ? "" : $"to {Destination} ")}iif {IncomingInterface} {(Transport == 0 ? "" : $"ipproto {Transport} ")}lookup {Table} proto {Protocol}";
}
