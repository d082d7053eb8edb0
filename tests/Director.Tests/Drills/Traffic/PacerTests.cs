using HaLvs.Director.Drills.Traffic;

namespace HaLvs.Director.Tests.Drills.Traffic;

public class PacerTests
{
    [Fact]
    public void TryTake_LateEveryTime_NoBeatIsLostAndNothingDrifts()
    {
        Pacer pacer = new(start: 1_000, period: 10, patience: 100);
        int taken = 0;
        for (double now = 1_000; now < 2_000; now += 7.3)
        {
            while (pacer.TryTake(now, out _))
            {
                taken++;
            }
        }

        Assert.Equal(100, taken);
        Assert.Equal(2_000, pacer.DueAt);
    }

    [Fact]
    public void TryTake_MachineStoodStill_NoBurst()
    {
        Pacer pacer = new(start: 0, period: 10, patience: 100);
        Assert.True(pacer.TryTake(0, out long first));
        Assert.True(pacer.TryTake(5_000, out long next));

        Assert.Equal((0, 500), (first, next));
        Assert.False(pacer.TryTake(5_001, out _));
    }
}
