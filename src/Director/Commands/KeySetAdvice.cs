using System.Text;
using HaLvs.Director.Sync.Certificates;

namespace HaLvs.Director.Commands;

/// <summary>What to do with the files that halvs keygen made.</summary>
internal static class KeySetAdvice
{
    public static string For(KeySetRequest request)
    {
        var text = new StringBuilder();
        text.AppendLine($"Made the cluster key and the certificates of cluster {request.Cluster} in {request.Directory}.");
        text.AppendLine();
        foreach (string node in request.Nodes)
        {
            string[] files = [KeySet.ClusterKey, CertificateFiles.Authority, CertificateFiles.Certificate(node), CertificateFiles.Key(node)];
            text.AppendLine($"{node} needs, in its certificate directory (owner root, keys mode 0600):");
            text.AppendLine($"  {string.Join("  ", files)}");
            text.AppendLine($"  scp -p {string.Join(" ", files.Select(f => Path.Combine(request.Directory, f)))} root@{node}:/etc/halvs/");
        }

        string authorityKey = Path.Combine(request.Directory, CertificateFiles.AuthorityKey);
        text.AppendLine();
        text.AppendLine($"Take {authorityKey} offline: no director needs it; who has it can pass for a director.");
        text.AppendLine("Then: halvs check --config /etc/halvs/halvs.toml --live");
        return text.ToString();
    }
}
