using HaLvs.Director.Configuration;
using HaLvs.Director.Configuration.Secrets;

namespace HaLvs.Director.Tests.Configuration.Secrets;

public sealed class ClusterKeysTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_TwoKeysAndComments_FirstIsFirst()
    {
        string first = ClusterKeys.NewKeyLine();
        string path = folder.Write("k", $"# rolled in spring\n{first}\n{ClusterKeys.NewKeyLine()}");

        IReadOnlyList<byte[]> keys = ClusterKeys.Read(path);

        Assert.Equal(2, keys.Count);
        Assert.Equal(first.Trim(), Convert.ToBase64String(keys[0]));
    }

    [Theory]
    [InlineData("", ": holds no key; make one with halvs keygen")]
    [InlineData("# only a comment\n", ": holds no key; make one with halvs keygen")]
    [InlineData("\nsecret\n", ":2: is not 32 bytes in base64 (44 characters); make a key with halvs keygen")]
    [InlineData("AAAA\n", ":1: is not 32 bytes in base64 (44 characters); make a key with halvs keygen")]
    public void Read_BadContent_SaysLineAndNeverTheKey(string text, string expected)
    {
        string path = folder.Write("k", text);
        Assert.Equal(path + expected, Assert.Throws<ConfigurationException>(() => ClusterKeys.Read(path)).Message);
    }

    [Fact]
    public void Read_FiveKeys_IsRefused()
    {
        string path = folder.Write("k", string.Concat(Enumerable.Range(0, 5).Select(_ => ClusterKeys.NewKeyLine())));
        Assert.Equal($"{path}: holds 5 keys, at most 4; take the oldest away", Assert.Throws<ConfigurationException>(() => ClusterKeys.Read(path)).Message);
    }

    [Fact]
    public void Read_OwnedByAnotherUser_SaysChown()
    {
        string path = folder.Write("k", ClusterKeys.NewKeyLine());
        if (!Environment.IsPrivilegedProcess)
        {
            Console.WriteLine("skipped: giving a file to another user needs root");
            return;
        }

        using (var chown = System.Diagnostics.Process.Start("chown", ["12345", path]))
        {
            chown.WaitForExit();
        }

        Assert.Equal(
            $"{path} belongs to user 12345, who could change the secret. Mend it: chown root {path}",
            Assert.Throws<ConfigurationException>(() => ClusterKeys.Read(path)).Message);
    }
}
