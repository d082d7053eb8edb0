using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace HaLvs.Director.Sync.Certificates;

/// <summary>
/// Is this certificate the expected director of our cluster? Trusts our authority only, never the machine's store; no revocation lists (a lost
/// key is answered by a new authority); the time must fit; the subject alternative name must be the node.
/// </summary>
public static class PeerCertificateCheck
{
    /// <summary>Pure but for the certificate library. Call it from the TLS validation callback on both sides.</summary>
    /// <param name="certificate">What the other side showed; null when it showed nothing.</param>
    /// <param name="authority">ca.pem of this cluster.</param>
    /// <param name="expectedNode">Name of the peer in the configuration.</param>
    /// <param name="reason">Empty when true; otherwise why not, for the log and for status.</param>
    public static bool IsPeer(
        X509Certificate2? certificate, X509Certificate2 authority, string expectedNode, DateTimeOffset now, out string reason)
    {
        ArgumentNullException.ThrowIfNull(authority);
        reason = Complaint(certificate, authority, expectedNode, now) ?? "";
        return reason.Length == 0;
    }

    private static string? Complaint(X509Certificate2? certificate, X509Certificate2 authority, string expectedNode, DateTimeOffset now)
    {
        if (certificate is null)
        {
            return "no certificate was shown";
        }

        return OutsideItsTime(certificate, "the certificate", now)
            ?? OutsideItsTime(authority, "the cluster's authority (ca.pem)", now)
            ?? NotFromAuthority(certificate, authority, now)
            ?? NotNamed(certificate, expectedNode);
    }

    private static string? OutsideItsTime(X509Certificate2 certificate, string what, DateTimeOffset now)
    {
        if (now < certificate.NotBefore)
        {
            return $"{what} is valid from {Date(certificate.NotBefore)}, but this machine's clock says {Date(now)}: set the clock";
        }

        return now > certificate.NotAfter
            ? $"{what} ended on {Date(certificate.NotAfter)} and this machine's clock says {Date(now)}: make new ones or set the clock"
            : null;
    }

    private static string? NotFromAuthority(X509Certificate2 certificate, X509Certificate2 authority, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        if (chain.Build(certificate))
        {
            return null;
        }

        string status = string.Join(", ", chain.ChainStatus.Select(s => s.Status));
        return $"the certificate of \"{certificate.GetNameInfo(X509NameType.SimpleName, false)}\" was not issued by this cluster's authority ({status})";
    }

    private static string? NotNamed(X509Certificate2 certificate, string expectedNode)
    {
        string[] names = [.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames())];
        return names.Contains(expectedNode, StringComparer.OrdinalIgnoreCase)
            ? null
            : $"the certificate is for \"{string.Join("\", \"", names)}\", not for the node \"{expectedNode}\"";
    }

    private static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
