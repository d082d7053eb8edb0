using HaLvs.Lab.Tests.Network;
using HaLvs.Lab.Tests.Observations;
using Xunit.Abstractions;

namespace HaLvs.Lab.Tests.Scenarios;

[Collection(OneLab.Name)]
public sealed class SwitchoverTests(ITestOutputHelper output) : LabScenario(output)
{
    private static readonly TimeSpan SwitchoverDeadline = TimeSpan.FromSeconds(20);

    [LabFact]
    public Task Switchover_UnderTraffic_NothingIsLost() => RunAsync(async active =>
    {
        for (var round = 1; round <= Settings.Switchovers; round++)
        {
            var next = LabNetwork.PeerOf(active);
            using var traffic = await Traffic.HoldAsync(Settings.Connections);
            (await LabNetwork.InsideAsync(active, SwitchoverDeadline, "halvs", "switchover")).OutputOrFail();
            await BecomesAsync(next, "active", SwitchoverDeadline);
            await BecomesStandbyInSyncAsync(active);
            await Task.Delay(ObserveAfter);
            var report = await EndWithoutLossAsync(traffic);
            Assert.Equal(0, report.NewFailed);
            active = next;
        }
    });
}
