using Xunit.Abstractions;

namespace HaLvs.Linux.Tests;

public sealed class FileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("halvs-linux-").FullName;
    private readonly ITestOutputHelper _output;

    public FileTests(ITestOutputHelper output) => _output = output;

    private string Target => Path.Combine(_folder, "epoch");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void DurableWrite_NewAndExisting_ReplacesWholeForOwnerOnly()
    {
        DurableFile.Write(Target, "a longer first content"u8);
        DurableFile.Write(Target, "7"u8);
        Assert.Equal("7", File.ReadAllText(Target));
        Assert.Equal("600", TestNamespace.Shell($"stat -c %a {Target}").Trim());
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void DurableWrite_FolderMissing_NamesIt()
    {
        LinuxException error = Assert.Throws<LinuxException>(() => DurableFile.Write(Path.Combine(_folder, "no", "epoch"), "7"u8));
        Assert.Contains($"Make the folder {_folder}/no", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DurableWrite_DiskFull_SaysSoAndKeepsTheOld()
    {
        if (!TestNamespace.Possible(_output.WriteLine))
            return;
        TestNamespace.Shell($"mount -t tmpfs -o size=64k none {_folder}");
        try
        {
            DurableFile.Write(Target, "7"u8);
            LinuxException error = Assert.Throws<LinuxException>(() => DurableFile.Write(Target, new byte[1 << 20]));
            Assert.True(error.IsDiskFull);
            Assert.Contains("The disk is full", error.Message, StringComparison.Ordinal);
            Assert.Equal("7", File.ReadAllText(Target));
            Assert.Single(Directory.GetFiles(_folder));
        }
        finally
        {
            TestNamespace.Shell($"umount {_folder}");
        }
    }

    [Theory]
    [InlineData("600", true)]
    [InlineData("400", true)]
    [InlineData("640", false)]
    [InlineData("604", false)]
    [InlineData("700", true)]
    public void SecretRead_Mode_DecidesAndNamesTheMend(string mode, bool accepted)
    {
        File.WriteAllText(Target, "secret");
        TestNamespace.Shell($"chmod {mode} {Target}");
        if (accepted)
        {
            Assert.Equal("secret"u8.ToArray(), SecretFile.Read(Target));
            return;
        }

        LinuxException error = Assert.Throws<LinuxException>(() => SecretFile.Read(Target));
        Assert.Contains($"{Target} has mode 0{mode}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"chmod 600 {Target}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SecretRead_StrangersFile_IsRefused()
    {
        if (!TestNamespace.Possible(_output.WriteLine))
            return;
        File.WriteAllText(Target, "secret");
        TestNamespace.Shell($"chown 65534 {Target} && chmod 600 {Target}");
        Assert.Contains("belongs to user 65534", Assert.Throws<LinuxException>(() => SecretFile.Read(Target)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SecretRead_AbsentFolderFifoHuge_OneClearErrorEach()
    {
        Assert.Contains(Target, Assert.Throws<LinuxException>(() => SecretFile.Read(Target)).Message, StringComparison.Ordinal);
        Assert.Contains("not a regular file", Assert.Throws<LinuxException>(() => SecretFile.Read(_folder)).Message, StringComparison.Ordinal);
        TestNamespace.Shell($"mkfifo -m 600 {Target}");
        Assert.Contains("not a regular file", Assert.Throws<LinuxException>(() => SecretFile.Read(Target)).Message, StringComparison.Ordinal);
        File.Delete(Target);
        DurableFile.Write(Target, new byte[SecretFile.SizeLimitBytes + 1]);
        Assert.Contains("larger than", Assert.Throws<LinuxException>(() => SecretFile.Read(Target)).Message, StringComparison.Ordinal);
    }
}
