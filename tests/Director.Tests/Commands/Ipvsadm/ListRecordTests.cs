using System.Text.Json;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Director.Tests.Commands.Ipvsadm;

/// <summary>Every other record of ipvsadm/: the commands of a file follow each other on one table, with traffic and time between them.</summary>
public sealed class ListRecordTests
{
    public static TheoryData<string> Files => [.. GoldenRecords.Names("ipvsadm").Where(n => !ErrorRecordTests.IsErrors(n))];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Steps_InOrder_SameWordsAndStatus(string file)
    {
        IpvsadmMachine machine = new(RecordTraffic.Options);
        JsonElement steps = GoldenRecords.Read($"ipvsadm/{file}.json").GetProperty("steps");
        RecordTraffic traffic = new(machine, steps);
        List<string> differences = [];
        for (int i = 0; i < steps.GetArrayLength(); i++)
        {
            if (steps[i].TryGetProperty("action", out JsonElement action))
            {
                traffic.Act(action.GetString()!, i);
            }
            else
            {
                await RecordStep.CompareAsync(machine, steps[i], differences, traffic.RatesAreChance);
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }
}
