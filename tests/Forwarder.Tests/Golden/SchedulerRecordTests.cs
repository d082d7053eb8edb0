using System.Text.Json;
using HaLvs.Forwarder.Scheduling;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>Every record of a kernel's schedulers: the same picks and the same counts after every event.</summary>
public sealed class SchedulerRecordTests
{
    /// <summary>Not built in the recorded kernel, and our own two.</summary>
    private static readonly string[] WithoutRecord = ["twos", "swrr", "mhr"];

    public static TheoryData<string> Records() => [.. GoldenRecords.Names("schedulers")];

    [Theory]
    [MemberData(nameof(Records))]
    public void Events_RecordOfKernel_SamePicksAndCounts(string name)
    {
        JsonElement record = GoldenRecords.Read($"schedulers/{name}.json");
        Assert.Equal(record.GetProperty("events").GetArrayLength(), new RecordReplay(record).Run());
    }

    [Fact]
    public void Records_OwnFolder_HoldsEachScheduler()
    {
        string[] recorded = [.. Directory.EnumerateFiles(Path.Combine(GoldenRecords.OwnFolder, "schedulers"), "*.json").Select(Scheduler)];
        Assert.All(SchedulerNames.All.Except(WithoutRecord), name => Assert.Contains(name, recorded));
    }

    private static string Scheduler(string file) =>
        JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("scheduler").GetString()!;
}
