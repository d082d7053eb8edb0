namespace HaLvs.Director.Configuration.Keys;

/// <summary>What stands at the top of the file: tables only.</summary>
internal static class FileKeys
{
    public static readonly KnownKey Cluster = new("cluster", "table", "the cluster as a whole", "[cluster]", Required: true);

    public static readonly KnownKey Network = new("network", "table", "interfaces and addresses", "[network]", Required: true);

    public static readonly KnownKey Heartbeat = new("heartbeat", "table", "how fast a dead peer is noticed", "[heartbeat]");

    public static readonly KnownKey Node = new("node", "list of tables", "one director, or the two of a pair", "[[node]]", Required: true);

    public static readonly KnownKey Service = new("service", "list of tables", "virtual services", "[[service]]");

    public static readonly KnownKey Mark = new("mark", "list of tables", "firewall marks", "[[mark]]");

    public static readonly KnownKey Guard = new("guard", "table", "what protects from floods", "[guard]");

    public static readonly KnownKey Ipvs = new("ipvs", "table", "settings that IPVS has as sysctls", "[ipvs]");

    public static readonly KeyTable Table = new("", "the file", [Cluster, Network, Heartbeat, Node, Service, Mark, Ipvs, Guard]);
}
