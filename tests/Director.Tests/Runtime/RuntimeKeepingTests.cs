namespace HaLvs.Director.Tests.Runtime;

/// <summary>A standby whose disk refuses what the active sent.</summary>
public sealed class RuntimeKeepingTests
{
    [Fact]
    public async Task Adopt_DiskRefuses_AlarmOnceTriedAgainWithPausesAndClearedWhenItWorks()
    {
        ManualTime time = new();
        using RuntimeNode active = new();
        using RuntimeNode standby = new(time: time);
        await active.WeightAsync("10.0.0.3", 7);
        Directory.Delete(standby.Folder.Root, recursive: true);

        standby.Hear(active);

        Assert.Equal(7, standby.Server("10.0.0.3")!.Weight);
        Assert.False(standby.Services.IsKept);
        Assert.Contains("not on this node's disk", standby.Services.Trouble, StringComparison.Ordinal);
        for (int i = 0; i < 5; i++)
        {
            time.Advance(TimeSpan.FromMinutes(2));
            standby.Services.Look();
        }

        Assert.False(standby.Services.IsKept);
        Assert.Single(standby.Alarms);

        Directory.CreateDirectory(standby.Folder.Root);
        standby.Services.Look();
        Assert.False(standby.Services.IsKept, "the pause has not passed");
        time.Advance(TimeSpan.FromMinutes(1));
        standby.Services.Look();
        Assert.Equal((true, null), (standby.Services.IsKept, standby.Services.Trouble));
        Assert.Contains(standby.Past(), e => e.Text == "run-time services are on this node's disk again");
        using RuntimeNode restarted = new(standby.Folder);
        Assert.Equal(7, restarted.Server("10.0.0.3")!.Weight);
    }
}
