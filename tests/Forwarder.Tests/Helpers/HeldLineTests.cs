using HaLvs.Forwarder.Helpers;

namespace HaLvs.Forwarder.Tests.Helpers;

public sealed class HeldLineTests
{
    [Theory]
    [InlineData(1000u, 0, false)]
    [InlineData(995u, 5, false)]
    [InlineData(900u, 20, false)]
    [InlineData(1001u, 0, true)]
    [InlineData(1000u + 0x8000_0001, 20, false)]
    [InlineData(1000u + 0x8000_0000, 20, false)]
    public void Follow_AnyDistance_OffsetWithinTheSegment(uint sequence, int offset, bool ahead)
    {
        HeldLine line = default;
        line.StartAt(1000);
        Assert.Equal(offset, line.Follow(sequence, 20, out bool isAhead));
        Assert.Equal(ahead, isAhead);
    }

    [Fact]
    public void Take_LineLongerThanAnIntCounts_BeginningKept()
    {
        HeldLine line = default;
        byte[] piece = new byte[1 << 26];
        piece[0] = (byte)'x';
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(piece.Length, line.Take(piece, out bool ended));
            Assert.False(ended);
        }

        Assert.Equal((byte)'x', line.Text[0]);
    }
}
