using HaLvs.Director.Configuration.Keys;

namespace HaLvs.Director.Tests.Configuration.Keys;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("wcl", "wlc", 1)]
    [InlineData("intervall", "interval", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Distance_Pair_CountsEdits(string left, string right, int expected) => Assert.Equal(expected, NearestName.Distance(left, right));

    [Theory]
    [InlineData("Interval", "interval")]
    [InlineData("virtual_address", "virtual-addresses")]
    [InlineData("bananas", null)]
    public void Of_Word_FindsOnlyWhatIsNear(string written, string? expected) =>
        Assert.Equal(expected, NearestName.Of(written, ["interval", "virtual-addresses", "dead"]));

    [Fact]
    public void Of_HugeWord_IsNothing() => Assert.Null(NearestName.Of(new string('a', 100_000), ["interval"]));
}
