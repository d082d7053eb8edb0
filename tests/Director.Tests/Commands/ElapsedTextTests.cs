using HaLvs.Director.Commands;

namespace HaLvs.Director.Tests.Commands;

public class ElapsedTextTests
{
    [Theory]
    [InlineData(0.421, "0.42 ms")]
    [InlineData(81.31, "81.3 ms")]
    [InlineData(2_314, "2.31 s")]
    [InlineData(252_000, "4m 12s")]
    public void Fine_Milliseconds_PrecisionThatMatters(double milliseconds, string expected) => Assert.Equal(expected, ElapsedText.Fine(milliseconds));
}
