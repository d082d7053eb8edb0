using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HaLvs.Director.Sync.Certificates;

/// <summary>
/// The private certificate authority of one cluster: ECDSA P-256, ten years, path length 0. Nothing else in the world trusts it, and the
/// directors trust nothing else.
/// </summary>
public sealed class ClusterAuthority : IDisposable
{
    private const int ValidYears = 10;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Directors' clocks may disagree when the files are made; a certificate "from the future" must not stop a new pair.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromDays(1);

    private readonly X509Certificate2 certificate;
    private readonly DateTimeOffset notBefore;
    private readonly DateTimeOffset notAfter;
    private readonly string cluster;

    private ClusterAuthority(string cluster, DateTimeOffset now)
    {
        this.cluster = cluster;
        notBefore = now - ClockTolerance;
        notAfter = now.AddYears(ValidYears);
        certificate = SelfSign();
    }

    /// <summary>Makes a new authority with a new key.</summary>
    public static ClusterAuthority Create(string cluster, DateTimeOffset now)
    {
        ArgumentException.ThrowIfNullOrEmpty(cluster);
        return new ClusterAuthority(cluster, now);
    }

    /// <summary>PEM, RFC 7468 section 5.</summary>
    public string CertificatePem => certificate.ExportCertificatePem();

    /// <summary>PKCS #8 PEM, not encrypted: the file mode protects it.</summary>
    public string KeyPem
    {
        get
        {
            using ECDsa key = certificate.GetECDsaPrivateKey()!;
            return key.ExportPkcs8PrivateKeyPem();
        }
    }

    /// <summary>A certificate for one director, good as TLS server and client: subject O = cluster, CN = node, subject alternative name DNS = node.</summary>
    public (string CertificatePem, string KeyPem) Issue(string node)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = NodeRequest(node, key);
        using X509Certificate2 issued = request.Create(certificate, notBefore, notAfter, NewSerialNumber());
        return (issued.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => certificate.Dispose();

    private X509Certificate2 SelfSign()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject("HaLvs cluster authority"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLengthConstraint: 0));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(notBefore, notAfter);
    }

    private CertificateRequest NodeRequest(string node, ECDsa key)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(node);
        var request = new CertificateRequest(Subject(node), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication), new Oid(ClientAuthentication)], critical: false));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false));
        return request;
    }

    private X500DistinguishedName Subject(string commonName)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(commonName);
        name.AddOrganizationName(cluster);
        return name.Build();
    }

    /// <summary>RFC 5280 section 4.1.2.2: positive, at most 20 octets.</summary>
    private static byte[] NewSerialNumber()
    {
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return serial;
    }
}
