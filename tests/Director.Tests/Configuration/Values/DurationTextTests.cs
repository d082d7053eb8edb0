using HaLvs.Director.Configuration.Values;

namespace HaLvs.Director.Tests.Configuration.Values;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("100ms", 100)]
    [InlineData("5s", 5_000)]
    [InlineData("0.5s", 500)]
    [InlineData("2m", 120_000)]
    [InlineData("24h", 86_400_000)]
    public void Parse_NumberWithUnit_IsRead(string text, double milliseconds)
    {
        Parsed<TimeSpan> parsed = DurationText.Parse(text);
        Assert.Null(parsed.Complaint);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), parsed.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("1.2.3s")]
    [InlineData("5 minutes")]
    [InlineData("25h")]
    [InlineData("99999999999999999999999999999999s")]
    public void Parse_Other_IsComplaint(string text) => Assert.NotNull(DurationText.Parse(text).Complaint);

    [Theory]
    [InlineData(100, "100ms")]
    [InlineData(1_500, "1500ms")]
    [InlineData(10_000, "10s")]
    [InlineData(120_000, "2m")]
    public void Format_Time_IsTheShortest(double milliseconds, string expected) =>
        Assert.Equal(expected, DurationText.Format(TimeSpan.FromMilliseconds(milliseconds)));
}
