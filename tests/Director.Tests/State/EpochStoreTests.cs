using HaLvs.Director.State;

namespace HaLvs.Director.Tests.State;

public sealed class EpochStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("halvs-state-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void NextIncarnation_TwoLives_GrowsAndSurvives()
    {
        using (var first = new EpochStore(_directory))
            Assert.Equal(1UL, first.NextIncarnation());
        using var second = new EpochStore(_directory);
        Assert.Equal(2UL, second.NextIncarnation());
    }

    [Fact]
    public void WriteEpoch_ThenRead_IsThere_AndNeverGoesBack()
    {
        using var store = new EpochStore(_directory);
        store.WriteEpoch(7);
        Assert.Equal(7UL, store.ReadEpoch());
        Assert.Throws<InvalidOperationException>(() => store.WriteEpoch(6));
        Assert.Equal(7UL, store.ReadEpoch());
    }

    [Fact]
    public void Constructor_DirectoryInUse_SaysSo()
    {
        using var store = new EpochStore(_directory);
        var error = Assert.Throws<DirectorStartException>(() => new EpochStore(_directory));
        Assert.Contains("another halvs uses this state directory", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("seven")]
    [InlineData("-1")]
    [InlineData("99999999999999999999999")]
    public void ReadEpoch_DamagedFile_IsAnErrorAndNotAZero(string content)
    {
        File.WriteAllText(Path.Combine(_directory, "epoch"), content);
        using var store = new EpochStore(_directory);
        var error = Assert.Throws<DirectorStartException>(() => store.ReadEpoch());
        Assert.StartsWith(Path.Combine(_directory, "epoch"), error.Message, StringComparison.Ordinal);
    }
}
