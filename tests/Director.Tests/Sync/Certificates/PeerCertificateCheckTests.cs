using System.Security.Cryptography.X509Certificates;
using HaLvs.Director.Sync.Certificates;

namespace HaLvs.Director.Tests.Sync.Certificates;

public sealed class PeerCertificateCheckTests : IDisposable
{
    private static readonly DateTimeOffset Made = new(2030, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ClusterAuthority authority = ClusterAuthority.Create("web", Made);
    private readonly X509Certificate2 trusted;
    private readonly X509Certificate2 peer;

    public PeerCertificateCheckTests()
    {
        trusted = X509Certificate2.CreateFromPem(authority.CertificatePem);
        peer = X509Certificate2.CreateFromPem(authority.Issue("director-b").CertificatePem);
    }

    public void Dispose()
    {
        authority.Dispose();
        trusted.Dispose();
        peer.Dispose();
    }

    [Fact]
    public void IsPeer_OurAuthorityAndName_True()
    {
        Assert.True(PeerCertificateCheck.IsPeer(peer, trusted, "director-b", Made, out string reason));
        Assert.Empty(reason);
    }

    [Fact]
    public void IsPeer_NothingShown_FalseWithReason() => Refused(null, "director-b", Made, "no certificate was shown");

    [Fact]
    public void IsPeer_OtherName_FalseWithReason() =>
        Refused(peer, "director-a", Made, "the certificate is for \"director-b\", not for the node \"director-a\"");

    [Fact]
    public void IsPeer_SameNamesFromAnotherAuthority_False()
    {
        using ClusterAuthority forger = ClusterAuthority.Create("web", Made);
        using X509Certificate2 forged = X509Certificate2.CreateFromPem(forger.Issue("director-b").CertificatePem);

        Assert.False(PeerCertificateCheck.IsPeer(forged, trusted, "director-b", Made, out string reason));
        Assert.StartsWith("the certificate of \"director-b\" was not issued by this cluster's authority", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void IsPeer_AuthorityItself_False() =>
        Assert.False(PeerCertificateCheck.IsPeer(trusted, trusted, "director-b", Made, out _));

    [Fact]
    public void IsPeer_ClockNearlyADayBehind_StillTrue() =>
        Assert.True(PeerCertificateCheck.IsPeer(peer, trusted, "director-b", Made.AddHours(-23), out _));

    [Fact]
    public void IsPeer_ClockReset_SaysSetTheClock() =>
        Refused(peer, "director-b", DateTimeOffset.UnixEpoch,
            "the certificate is valid from 2030-05-31 12:00 UTC, but this machine's clock says 1970-01-01 00:00 UTC: set the clock");

    [Fact]
    public void IsPeer_AfterTenYears_SaysWhenItEnded() =>
        Refused(peer, "director-b", Made.AddYears(10).AddMinutes(1),
            "the certificate ended on 2040-06-01 12:00 UTC and this machine's clock says 2040-06-01 12:01 UTC: make new ones or set the clock");

    private void Refused(X509Certificate2? certificate, string node, DateTimeOffset now, string expected)
    {
        Assert.False(PeerCertificateCheck.IsPeer(certificate, trusted, node, now, out string reason));
        Assert.Equal(expected, reason);
    }
}
