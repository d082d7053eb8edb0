using System.Diagnostics;

namespace HaLvs.Linux.Tests;

public sealed class ClockTests
{
    [Fact]
    public void Now_BesideStopwatch_IsTheSameClock()
    {
        TimeSpan before = Stopwatch.GetElapsedTime(0);
        TimeSpan now = MonotonicClock.Now;
        TimeSpan after = Stopwatch.GetElapsedTime(0);
        Assert.InRange(now, before, after);
    }

    [Fact]
    public void SinceBoot_Always_AtLeastNow() => Assert.True(MonotonicClock.Now <= MonotonicClock.SinceBoot);

    [Fact]
    public void BootId_Twice_IsTheSame()
    {
        Assert.NotEqual(Guid.Empty, BootId.Read());
        Assert.Equal(BootId.Read(), BootId.Read());
    }

    [Fact]
    public void RaiseCurrentThread_Always_AnswersInsteadOfThrowing()
    {
        RealTimeOutcome outcome = default;
        Thread thread = new(() => outcome = RealTimeScheduling.RaiseCurrentThread(10));
        thread.Start();
        thread.Join();
        Assert.Equal(outcome.Permitted, outcome.Detail == "SCHED_FIFO 10");
        Assert.NotEmpty(outcome.Detail);
    }

    [Fact]
    public void RaiseCurrentThread_ImpossiblePriority_IsRefusedWithAdvice()
    {
        RealTimeOutcome outcome = RealTimeScheduling.RaiseCurrentThread(1000);
        Assert.False(outcome.Permitted);
        Assert.Contains("not permitted", outcome.Detail, StringComparison.Ordinal);
    }
}
