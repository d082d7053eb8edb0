using System.Globalization;

namespace HaLvs.Director.Configuration.Keys;

/// <summary>[network].</summary>
internal static class NetworkTable
{
    public static readonly KnownKey External = new(
        "external", "interface", "Interface towards the clients; answers ARP and neighbour solicitations for the virtual addresses.", "external = \"eth0\"", Required: true);

    public static readonly KnownKey Internal = new(
        "internal", "interface", "Interface towards the real servers; carries the gateway address.", "internal = \"eth1\"", Required: true);

    public static readonly KnownKey VirtualAddresses = new(
        "virtual-addresses", "list of ADDRESS/32 or ADDRESS/128", "Addresses that clients use, IPv4 and IPv6; on no interface, so that nothing else can answer on them.",
        "virtual-addresses = [\"192.0.2.100/32\"]", Required: true);

    public static readonly KnownKey Gateway = new(
        "gateway", "ADDRESS/LENGTH", "The real servers' default route, with the prefix length of their network; moves with the virtual addresses.",
        "gateway = \"10.0.0.1/24\"", Required: true);

    public static readonly KnownKey Gateway6 = new(
        "gateway6", "ADDRESS/LENGTH", "The same for IPv6; required as soon as a virtual address is IPv6.", "gateway6 = \"fd00:10::1/64\"");

    public static readonly KnownKey Masquerade = new(
        "masquerade", "true or false", "Whether connections that real servers open leave with the first virtual address of their family as their source.",
        "masquerade = true", "false");

    public static readonly KnownKey Offload = new(
        "offload", "\"auto\", \"tc\", \"xdp\" or \"off\"", "Whether the kernel forwards established connections by itself; `auto` keeps to the user path in this version and says in `halvs status` what would suit.", "offload = \"off\"", "\"auto\"");

    public static readonly KnownKey ConnectionCapacity = new(
        "connection-capacity", "number", "Connections at most, 1024 to 16777216; the memory (up to 256 bytes each) is taken at the start.",
        "connection-capacity = 500000", NetworkModel.DefaultConnectionCapacity.ToString(CultureInfo.InvariantCulture));

    public static readonly KeyTable Table = new(
        "network", "[network]", [External, Internal, VirtualAddresses, Gateway, Gateway6, Masquerade, Offload, ConnectionCapacity]);
}
