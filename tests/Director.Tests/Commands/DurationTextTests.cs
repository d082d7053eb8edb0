using HaLvs.Director.Commands;

namespace HaLvs.Director.Tests.Commands;

public class DurationTextTests
{
    [Theory]
    [InlineData("250us", 0.25)]
    [InlineData("100ms", 100)]
    [InlineData("1.5s", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    public void TryParse_NumberAndUnit_Understood(string text, double milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("ms")]
    [InlineData("1 s")]
    [InlineData("-1s")]
    [InlineData("1..5s")]
    [InlineData("1S")]
    [InlineData("99999999999999999999h")]
    public void TryParse_AnythingElse_Refused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData(0.421, "0.42 ms")]
    [InlineData(81.31, "81.3 ms")]
    [InlineData(2_314, "2.31 s")]
    [InlineData(252_000, "4m 12s")]
    public void Fine_Milliseconds_PrecisionThatMatters(double milliseconds, string expected) => Assert.Equal(expected, DurationText.Fine(milliseconds));
}
