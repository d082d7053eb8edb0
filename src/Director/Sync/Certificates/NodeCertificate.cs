using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using HaLvs.Director.Configuration;
using HaLvs.Director.Configuration.Secrets;

namespace HaLvs.Director.Sync.Certificates;

/// <summary>This director's certificate with its private key, and the authority of its cluster, as halvs keygen made them. Owns both.</summary>
public sealed class NodeCertificate : IDisposable
{
    private NodeCertificate(X509Certificate2 certificate, X509Certificate2 authority)
    {
        Certificate = certificate;
        Authority = authority;
    }

    /// <summary>With private key; for TLS as server and as client.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Without private key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>Reads ca.pem, NODE.pem and NODE.key and proves that they belong together.</summary>
    /// <exception cref="ConfigurationException">A file is missing, unreadable, open to others, or does not fit; one line for the operator.</exception>
    public static NodeCertificate Load(ClusterModel cluster, string node, TimeProvider? clock = null)
    {
        X509Certificate2 authority = ReadCertificate(CertificateFiles.AuthorityPath(cluster));
        X509Certificate2? certificate = null;
        try
        {
            certificate = ReadWithKey(CertificateFiles.CertificatePath(cluster, node), CertificateFiles.KeyPath(cluster, node));
            DateTimeOffset now = (clock ?? TimeProvider.System).GetUtcNow();
            if (!PeerCertificateCheck.IsPeer(certificate, authority, node, now, out string reason))
            {
                throw new ConfigurationException(
                    $"{CertificateFiles.CertificatePath(cluster, node)}: {reason}; make a new set with halvs keygen and copy it to both nodes");
            }

            return new NodeCertificate(certificate, authority);
        }
        catch
        {
            certificate?.Dispose();
            authority.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Certificate.Dispose();
        Authority.Dispose();
    }

    private static X509Certificate2 ReadCertificate(string path)
    {
        try
        {
            return X509Certificate2.CreateFromPem(KeyFile.ReadPublic(path));
        }
        catch (CryptographicException exception)
        {
            throw NotPem(path, "certificate", exception);
        }
    }

    private static X509Certificate2 ReadWithKey(string certificatePath, string keyPath)
    {
        using X509Certificate2 publicPart = ReadCertificate(certificatePath);
        string keyPem = KeyFile.ReadSecret(keyPath);
        using ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(keyPem);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw NotPem(keyPath, "ECDSA private key", exception);
        }

        try
        {
            return publicPart.CopyWithPrivateKey(key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or InvalidOperationException)
        {
            throw new ConfigurationException(
                $"{keyPath}: is not the key of {certificatePath}; copy both files from the same halvs keygen run", exception);
        }
    }

    private static ConfigurationException NotPem(string path, string what, Exception exception) =>
        new($"{path}: does not hold a {what} in PEM form; make it with halvs keygen", exception);
}
