namespace HaLvs.Linux.Tests;

public sealed class PollerTests
{
    [Fact]
    public void Wait_SignalFromAnotherThread_WakesAndDrains()
    {
        using EventFd wake = new();
        using Poller poller = new(wake.Handle);
        Assert.Equal(0, poller.Wait(TimeSpan.Zero));
        Thread other = new(wake.Signal);
        other.Start();
        Assert.Equal(1, poller.Wait(TimeSpan.FromSeconds(10)));
        other.Join();
        Assert.True(poller.IsReadable(0));
        Assert.True(wake.Drain());
        Assert.False(wake.Drain());
        Assert.Equal(0, poller.Wait(TimeSpan.Zero));
    }

    [Fact]
    public void Wait_NothingHappens_ReturnsAfterTheTimeOut()
    {
        using EventFd wake = new();
        using Poller poller = new(wake.Handle);
        TimeSpan start = MonotonicClock.Now;
        Assert.Equal(0, poller.Wait(TimeSpan.FromMilliseconds(5)));
        Assert.True(MonotonicClock.Now - start >= TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public void Dispose_HandleFirst_DescriptorStaysOpenForThePoller()
    {
        EventFd wake = new();
        Poller poller = new(wake.Handle);
        wake.Dispose();
        Assert.Equal(0, poller.Wait(TimeSpan.Zero));
        poller.Dispose();
        poller.Dispose();
        Assert.True(wake.Handle.IsClosed);
    }
}
