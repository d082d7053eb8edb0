using HaLvs.Lab.Tests.Network;
using HaLvs.Lab.Tests.Observations;
using Xunit.Abstractions;

namespace HaLvs.Lab.Tests.Scenarios;

[Collection(OneLab.Name)]
public sealed class SyncTests(ITestOutputHelper output) : LabScenario(output)
{
    [LabFact]
    public Task Connections_TrafficPaused_StandbyListsWhatTheActiveLists() => RunAsync(async active =>
    {
        using (var traffic = await Traffic.HoldAsync(Settings.Connections))
        {
            await Task.Delay(ObserveAfter);
            await EndWithoutLossAsync(traffic);
        }

        IReadOnlyList<string> own = [], copy = [];
        await Wait.UntilAsync("both tables are equal", TimeSpan.FromSeconds(1), async () =>
        {
            var tables = await Task.WhenAll(ConnectionTable.OfAsync(active), ConnectionTable.OfAsync(LabNetwork.PeerOf(active)));
            (own, copy) = (tables[0], tables[1]);
            return own.SequenceEqual(copy);
        });
        Output.WriteLine($"{own.Count} connections, equal on both");
        Assert.True(own.Count >= Settings.Connections, $"only {own.Count} connections are in the table");
    });
}
