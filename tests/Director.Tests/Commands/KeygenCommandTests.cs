using System.CommandLine;
using HaLvs.Director.Commands;
using HaLvs.Director.Configuration;
using HaLvs.Director.Configuration.Secrets;
using HaLvs.Director.Sync.Certificates;
using HaLvs.Director.Tests.Configuration;

namespace HaLvs.Director.Tests.Commands;

public sealed class KeygenCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    public void Dispose()
    {
        folder.Dispose();
        output.Dispose();
        error.Dispose();
    }

    [Fact]
    public void Keygen_EmptyFolder_MakesAllFilesWithTheirModes()
    {
        Assert.Equal(0, Run("--cluster", "web", "--node", "director-a", "--node", "director-b"));

        foreach (string secret in new[] { "cluster.key", "ca.key", "director-a.key", "director-b.key" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder[secret]));
        }

        Assert.Single(ClusterKeys.Read(folder["cluster.key"]));
        Assert.Equal(7, Directory.GetFiles(folder.Root).Length);
    }

    [Theory]
    [InlineData("director-a")]
    [InlineData("director-b")]
    public void Keygen_MadeSet_LoadsAndIsAcceptedAsPeer(string node)
    {
        Run("--cluster", "web", "--node", "director-a", "--node", "director-b");

        using NodeCertificate loaded = NodeCertificate.Load(Cluster(), node);

        Assert.True(loaded.Certificate.HasPrivateKey);
        Assert.True(PeerCertificateCheck.IsPeer(loaded.Certificate, loaded.Authority, node, DateTimeOffset.UtcNow, out _));
    }

    [Fact]
    public void Keygen_ExistingFile_NamesItAndWritesNothing()
    {
        folder.Write("director-b.key", "precious");

        Assert.Equal(1, Run("--cluster", "web", "--node", "director-a", "--node", "director-b"));

        Assert.Equal(
            $"halvs keygen: {folder["director-b.key"]} already there, nothing written; " +
            "choose another --directory, or --force to replace them on both nodes\n",
            error.ToString());
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void Keygen_ExistingFileForced_ReplacesItWithTheRightMode()
    {
        folder.Write("cluster.key", "old", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Assert.Equal(0, Run("--cluster", "web", "--node", "director-a", "--force"));

        Assert.Single(ClusterKeys.Read(folder["cluster.key"]));
    }

    [Theory]
    [InlineData("web", "ca", "--node \"ca\": this name is taken by the authority's own files; choose another node name")]
    [InlineData("web", "a/../b", "--node \"a/../b\": the name contains '/'; use letters a to z, digits, '-' and '.'")]
    [InlineData("wéb", "a", "--cluster \"wéb\": the name contains the character U+00E9; use letters a to z, digits, '-' and '.'")]
    public void Keygen_BadName_IsWrongUsage(string cluster, string node, string expected)
    {
        Assert.Equal(2, Run("--cluster", cluster, "--node", node));
        Assert.Equal($"halvs keygen: {expected}\n", error.ToString());
        Assert.Empty(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void Keygen_SameNodeTwice_IsWrongUsage() =>
        Assert.Equal(2, Run("--cluster", "web", "--node", "a", "--node", "A"));

    [Fact]
    public void Keygen_FolderIsAFile_FailsWithOneLine()
    {
        folder.Write("file", "");

        Assert.Equal(1, Run("--directory", folder["file"], "--cluster", "web", "--node", "a"));
        Assert.Single(error.ToString().TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Keygen_Done_SaysWhatToCopyWhereAndToTakeTheAuthorityKeyOffline()
    {
        Run("--cluster", "web", "--node", "director-a", "--node", "director-b");

        Assert.Contains($"root@director-b:/etc/halvs/", output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"Take {folder["ca.key"]} offline", output.ToString(), StringComparison.Ordinal);
    }

    private int Run(params string[] arguments)
    {
        string[] all = arguments.Contains("--directory") ? arguments : ["--directory", folder.Root, .. arguments];
        return KeygenCommand.Create().Parse(all).Invoke(new InvocationConfiguration { Output = output, Error = error });
    }

    private ClusterModel Cluster() =>
        new() { Name = "web", KeyFile = folder["cluster.key"], CertificateDirectory = folder.Root };
}
