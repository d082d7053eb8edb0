namespace HaLvs.Director.Configuration.Keys;

/// <summary>[[node]].</summary>
internal static class NodeTable
{
    public const string WithoutFence = "none";

    public static readonly KnownKey Name = new("name", "name", "Name of the director: its host name, or `--node`.", "name = \"director-a\"", Required: true);

    public static readonly KnownKey Sync = new(
        "sync", "ADDRESS:PORT", "Where connection sync of this node listens; required in a pair.", "sync = \"10.0.0.251:6940\"");

    public static readonly KnownKey Links = new(
        "links", "list of links",
        "Heartbeat links of this node: `udp:ADDRESS:PORT` (its own address) or `serial:DEVICE:BAUD`; link 1 talks to link 1 of the other node, and so on. Required in a pair.",
        "links = [\"udp:10.0.0.251:694\", \"serial:/dev/ttyS0:115200\"]", "[]");

    public static readonly KnownKey Fence = new(
        "fence", "list of tables, or \"none\"", "Devices that switch this node's power; `\"none\"` leaves a takeover to the operator's confirmation. Required in a pair.",
        "fence = \"none\"");

    public static readonly KeyTable Table = new("node", "[[node]]", [Name, Sync, Links, Fence]);
}
