using HaLvs.Forwarder.Helpers;

namespace HaLvs.Forwarder.Tests.Helpers;

public sealed class HeldLineTests
{
    [Fact]
    public void Take_MoreThanTwoGibibytesWithoutAnEnd_KeepsTheBeginning()
    {
        HeldLine line = default;
        line.StartAt(0);
        line.Take("PASV "u8, out _);
        byte[] endless = new byte[1 << 20];
        for (int i = 0; i < 2200; i++)
        {
            Assert.Equal(endless.Length, line.Take(endless, out bool ends));
            Assert.False(ends);
        }

        Assert.Equal(1, line.Take("\n"u8, out bool ended));
        Assert.True(ended);
        Assert.Equal(LineText.Length, line.Text.Length);
        Assert.True(line.Text.StartsWith("PASV "u8));
        Assert.Equal((2200u << 20) + 6, line.Next);
    }
}
