using System.Text.Json;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Director.Tests.Commands.Ipvsadm;

/// <summary>Records with a "base": every command on a table that was reset to it.</summary>
public sealed class ErrorRecordTests
{
    public static TheoryData<string> Files => [.. GoldenRecords.Names("ipvsadm").Where(IsErrors)];

    public static bool IsErrors(string name) => GoldenRecords.Read($"ipvsadm/{name}.json").TryGetProperty("base", out _);

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Errors_EveryCommandOfRecord_SameWordsAndStatus(string file)
    {
        JsonElement record = GoldenRecords.Read($"ipvsadm/{file}.json");
        List<string> differences = [];
        foreach (JsonElement step in record.GetProperty("steps").EnumerateArray())
        {
            IpvsadmMachine machine = new();
            foreach (JsonElement line in record.GetProperty("base").EnumerateArray())
            {
                await machine.RunAsync("ipvsadm " + line.GetString());
            }

            await RecordStep.CompareAsync(machine, step, differences);
            if (step.TryGetProperty("table_after", out JsonElement after))
            {
                string expected = string.Concat(after.EnumerateArray().Select(l => l.GetString() + "\n"));
                RecordStep.Compare("table after " + step.GetProperty("command").GetString(), expected, RecordStep.WithoutExtras((await machine.RunAsync("ipvsadm -S -n")).Output), differences);
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }
}
