using System.Text.Json;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>Plays persistence as a kernel director did it: the same servers, counts, templates and connections after every event.</summary>
public sealed class PersistenceRecordTests
{
    public static TheoryData<string> Records() => [.. GoldenRecords.Names("persistence")];

    [Theory]
    [MemberData(nameof(Records))]
    public void Events_RecordOfKernel_SameServersCountsAndTemplates(string name)
    {
        JsonElement record = GoldenRecords.Read($"persistence/{name}.json");
        Assert.Equal(record.GetProperty("events").GetArrayLength(), new RecordReplay(record).Run());
    }
}
