using System.Net;
using System.Net.Sockets;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

/// <summary>
/// A route with one next hop. Protocol tells whose it is (`ip route` shows it as proto). Without a gateway the destination is reached
/// directly on the interface.
/// </summary>
public sealed record Route(IPAddress Destination, int PrefixLength, int InterfaceIndex)
{
    public const uint MainTable = RtnetlinkAbi.RT_TABLE_MAIN;

    public IPAddress? Gateway { get; init; }

    public uint Table { get; init; } = MainTable;

    public byte Protocol { get; init; }

    /// <summary>The address is one of this machine's own (RTN_LOCAL); only in answers.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The gateway is a neighbour on the interface, whatever the other routes say (RTNH_F_ONLINK).</summary>
    public bool OnLink { get; init; }

    public bool IsDefault => PrefixLength == 0;

    public static Route ToHost(IPAddress host, int interfaceIndex) => new(host, host.GetAddressBytes().Length * 8, interfaceIndex);

    public static Route Default(int interfaceIndex, AddressFamily family = AddressFamily.InterNetwork) =>
        new(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0, interfaceIndex);

    /// <summary>As `ip route` writes it, with the interface's number.</summary>
    public override string ToString()
    {
        string to = IsDefault ? "default" : $"{Destination}/{PrefixLength}";
        string via = Gateway is null ? "" : $" via {Gateway}";
        return $"{to}{via} dev {InterfaceIndex} table {Table} proto {Protocol}";
    }
}
