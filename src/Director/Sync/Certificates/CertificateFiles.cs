using HaLvs.Director.Configuration;

namespace HaLvs.Director.Sync.Certificates;

/// <summary>The names under which halvs keygen writes and the director reads, in the certificate directory.</summary>
public static class CertificateFiles
{
    public const string Authority = "ca.pem";

    public const string AuthorityKey = "ca.key";

    /// <summary>"NODE.pem".</summary>
    public static string Certificate(string node) => $"{node}.pem";

    /// <summary>"NODE.key".</summary>
    public static string Key(string node) => $"{node}.key";

    public static string AuthorityPath(ClusterModel cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return Path.Combine(cluster.CertificateDirectory, Authority);
    }

    public static string CertificatePath(ClusterModel cluster, string node)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return Path.Combine(cluster.CertificateDirectory, Certificate(node));
    }

    public static string KeyPath(ClusterModel cluster, string node)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return Path.Combine(cluster.CertificateDirectory, Key(node));
    }
}
