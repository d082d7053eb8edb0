namespace HaLvs.Director.Configuration.Keys;

/// <summary>[cluster].</summary>
internal static class ClusterTable
{
    public static readonly KnownKey Name = new(
        "name", "name", "Name of the cluster; in every heartbeat and in the certificates, so that two pairs on one network do not mix.",
        "name = \"web\"", Required: true);

    public static readonly KnownKey KeyFile = new(
        "key-file", "path", "Keys that sign heartbeats, as `halvs keygen` makes them; mode 0600.",
        "key-file = \"/etc/halvs/cluster.key\"", Required: true);

    public static readonly KnownKey CertificateDirectory = new(
        "certificate-directory", "path", "Folder with `ca.pem`, `NODE.pem` and `NODE.key`; without it, the folder of `key-file`.",
        "certificate-directory = \"/etc/halvs\"");

    public static readonly KnownKey Prefer = new(
        "prefer", "name", "Node that becomes active when both start together; without it, the first by name.", "prefer = \"director-a\"");

    public static readonly KnownKey AutoFailback = new(
        "auto-failback", "true or false", "Whether the preferred node takes over again, by a planned handover, when it is back and in sync.",
        "auto-failback = true", "false");

    public static readonly KeyTable Table = new("cluster", "[cluster]", [Name, KeyFile, CertificateDirectory, Prefer, AutoFailback]);
}
