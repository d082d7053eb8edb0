using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat.Tests.Wire;

public sealed class ReplayWindowTests
{
    [Fact]
    public void Check_MarkedTwice_Seen()
    {
        var window = new ReplayWindow();
        window.Mark(5);
        Assert.Equal(SequenceVerdict.Seen, window.Check(5));
        Assert.Equal(SequenceVerdict.New, window.Check(4));
        Assert.Equal(SequenceVerdict.New, window.Check(6));
    }

    [Fact]
    public void Check_EdgeOfWindow_OldestStillNew()
    {
        var window = new ReplayWindow();
        window.Mark(100);
        Assert.Equal(SequenceVerdict.New, window.Check(100 - ReplayWindow.Width + 1));
        Assert.Equal(SequenceVerdict.TooOld, window.Check(100 - ReplayWindow.Width));
    }

    [Fact]
    public void Check_Zero_TooOld() => Assert.Equal(SequenceVerdict.TooOld, new ReplayWindow().Check(0));

    [Fact]
    public void Mark_JumpByTwoToTheSixtyThree_ForgetsTheRest()
    {
        var window = new ReplayWindow();
        window.Mark(1);
        window.Mark(1UL << 63);
        Assert.Equal(SequenceVerdict.TooOld, window.Check(1));
        Assert.Equal(SequenceVerdict.New, window.Check(ulong.MaxValue));
        Assert.Equal(SequenceVerdict.Seen, window.Check(1UL << 63));
    }

    [Fact]
    public void Check_RandomOrder_LikeARememberingSet()
    {
        var random = new Random(1);
        var window = new ReplayWindow();
        var seen = new HashSet<ulong>();
        for (var i = 0; i < 20_000; i++)
        {
            var sequence = (ulong)Math.Max(1, (i / 3) + random.Next(-80, 20));
            var expected = sequence + ReplayWindow.Width <= window.Highest ? SequenceVerdict.TooOld
                : seen.Contains(sequence) ? SequenceVerdict.Seen : SequenceVerdict.New;
            Assert.Equal(expected, window.Check(sequence));
            if (expected != SequenceVerdict.New) continue;
            window.Mark(sequence);
            seen.Add(sequence);
        }
    }
}
