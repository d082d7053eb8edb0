using HaLvs.Director.Configuration;
using HaLvs.Director.Sync.Certificates;
using HaLvs.Director.Tests.Configuration;

namespace HaLvs.Director.Tests.Sync.Certificates;

public sealed class NodeCertificateTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public NodeCertificateTests()
    {
        using ClusterAuthority authority = ClusterAuthority.Create("web", TimeProvider.System.GetUtcNow());
        folder.Write("ca.pem", authority.CertificatePem);
        foreach (string node in new[] { "a", "b" })
        {
            (string certificate, string key) = authority.Issue(node);
            folder.Write($"{node}.pem", certificate);
            folder.Write($"{node}.key", key);
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_Set_HasKeyAndAuthority()
    {
        using NodeCertificate loaded = Load("a");
        Assert.True(loaded.Certificate.HasPrivateKey);
        Assert.False(loaded.Authority.HasPrivateKey);
    }

    [Fact]
    public void Load_KeyReadableByOthers_SaysChmod()
    {
        File.SetUnixFileMode(folder["a.key"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Fails("a", $"{folder["a.key"]} has mode 0404: others than its owner can reach the secret. Mend it: chmod 600 {folder["a.key"]}");
    }

    [Fact]
    public void Load_MissingCertificate_SaysKeygen() =>
        Fails("c", $"{folder["c.pem"]} does not exist, is empty or is no certificate file. Make it with halvs keygen, or correct the path.");

    [Fact]
    public void Load_KeyOfTheOtherNode_SaysThatTheyDoNotFit()
    {
        File.Copy(folder["b.key"], folder["a.key"], overwrite: true);
        Fails("a", $"{folder["a.key"]}: is not the key of {folder["a.pem"]}; copy both files from the same halvs keygen run");
    }

    [Fact]
    public void Load_GarbageKey_SaysNotPem()
    {
        folder.Write("a.key", "garbage");
        Fails("a", $"{folder["a.key"]}: does not hold a ECDSA private key in PEM form; make it with halvs keygen");
    }

    [Fact]
    public void Load_GarbageAuthority_SaysNotPem()
    {
        folder.Write("ca.pem", "garbage");
        Fails("a", $"{folder["ca.pem"]}: does not hold a certificate in PEM form; make it with halvs keygen");
    }

    [Fact]
    public void Load_AuthorityOfAnotherRun_IsRefused()
    {
        using ClusterAuthority other = ClusterAuthority.Create("web", TimeProvider.System.GetUtcNow());
        folder.Write("ca.pem", other.CertificatePem);
        var exception = Assert.Throws<ConfigurationException>(() => Load("a"));
        Assert.Contains("was not issued by this cluster's authority", exception.Message, StringComparison.Ordinal);
    }

    private NodeCertificate Load(string node) =>
        NodeCertificate.Load(new ClusterModel { Name = "web", KeyFile = folder["cluster.key"], CertificateDirectory = folder.Root }, node);

    private void Fails(string node, string expected) => Assert.Equal(expected, Assert.Throws<ConfigurationException>(() => Load(node)).Message);
}
