using System.Diagnostics;
using HaLvs.Director.Loops;

namespace HaLvs.Director.Tests.Loops;

public sealed class InboxTests
{
    [Fact]
    public void TakeAll_SeveralPosted_InOrderAndOnce()
    {
        var inbox = new Inbox<int>();
        for (var i = 0; i < 3; i++)
            inbox.Post(i);
        Assert.Equal([0, 1, 2], inbox.TakeAll().ToArray());
        Assert.Empty(inbox.TakeAll());
    }

    [Fact]
    public void Wait_PostedBefore_ReturnsAtOnce()
    {
        var inbox = new Inbox<int>();
        inbox.Post(1);
        var clock = Stopwatch.StartNew();
        inbox.Wait(TimeSpan.FromSeconds(30));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void Wait_PostedMeanwhile_Wakes()
    {
        var inbox = new Inbox<int>();
        using var timer = new Timer(_ => inbox.Post(1), null, TimeSpan.FromMilliseconds(50), Timeout.InfiniteTimeSpan);
        var clock = Stopwatch.StartNew();
        inbox.Wait(TimeSpan.FromSeconds(30));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15));
        Assert.Single(inbox.TakeAll());
    }

    [Fact]
    public void TryPost_ReaderFarBehind_DropsAndCounts_PostNever()
    {
        var inbox = new Inbox<int>();
        for (var i = 0; i < 5000; i++)
            inbox.TryPost(i);
        inbox.Post(-1);
        Assert.Equal(5000 - 4096, inbox.Flooded);
        Assert.Equal(-1, inbox.TakeAll().Last());
    }
}
