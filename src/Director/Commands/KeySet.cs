using HaLvs.Director.Configuration;
using HaLvs.Director.Configuration.Secrets;
using HaLvs.Director.Sync.Certificates;

namespace HaLvs.Director.Commands;

/// <summary>The files of a cluster: key, authority, and a certificate per director.</summary>
internal static class KeySet
{
    public const string ClusterKey = "cluster.key";

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>All files that a set has, secret ones first.</summary>
    public static IEnumerable<string> FileNames(IReadOnlyList<string> nodes) =>
        [ClusterKey, CertificateFiles.AuthorityKey, CertificateFiles.Authority,
         .. nodes.SelectMany(n => new[] { CertificateFiles.Key(n), CertificateFiles.Certificate(n) })];

    /// <summary>Makes a new set. Existing files are left alone, and nothing is written, unless forced.</summary>
    public static void Write(KeySetRequest request, DateTimeOffset now)
    {
        RefuseToOverwrite(request);
        Directory.CreateDirectory(request.Directory, FolderMode);
        using ClusterAuthority authority = ClusterAuthority.Create(request.Cluster, now);
        Secret(request, ClusterKey, ClusterKeys.NewKeyLine());
        Secret(request, CertificateFiles.AuthorityKey, authority.KeyPem);
        Public(request, CertificateFiles.Authority, authority.CertificatePem);
        foreach (string node in request.Nodes)
        {
            (string certificate, string key) = authority.Issue(node);
            Secret(request, CertificateFiles.Key(node), key);
            Public(request, CertificateFiles.Certificate(node), certificate);
        }
    }

    private static void RefuseToOverwrite(KeySetRequest request)
    {
        string[] existing = [.. FileNames(request.Nodes).Select(f => Path.Combine(request.Directory, f)).Where(Path.Exists)];
        if (existing.Length > 0 && !request.Force)
        {
            throw new ConfigurationException(
                $"{string.Join(", ", existing)} already there, nothing written; choose another --directory, or --force to replace them on both nodes");
        }
    }

    private static void Secret(KeySetRequest request, string name, string text) =>
        KeyFile.WriteSecret(Path.Combine(request.Directory, name), text);

    private static void Public(KeySetRequest request, string name, string text) =>
        KeyFile.WritePublic(Path.Combine(request.Directory, name), text);
}
