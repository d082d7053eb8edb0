using HaLvs.Lab.Tests.Network;
using HaLvs.Lab.Tests.Observations;
using Xunit.Abstractions;

namespace HaLvs.Lab.Tests.Scenarios;

[Collection(OneLab.Name)]
public sealed class PowerCutTests(ITestOutputHelper output) : LabScenario(output)
{
    [LabFact]
    public Task Cut_ActiveLosesPower_EveryConnectionGoesOnAndTheNodeRejoins() => RunAsync(async active =>
    {
        for (var cut = 1; cut <= Settings.Cuts; cut++)
        {
            var next = LabNetwork.PeerOf(active);
            await CutAsync(active, next);
            await LabNetwork.PowerOnAsync(active);
            await BecomesStandbyInSyncAsync(active);
            active = next;
        }
    });

    private async Task CutAsync(string active, string next)
    {
        using var traffic = await Traffic.HoldAsync(Settings.Connections);
        await LabNetwork.CutAsync(active);
        await BecomesAsync(next, "active", TakeoverDeadline);
        await Task.Delay(ObserveAfter);
        var report = await EndWithoutLossAsync(traffic);

        var cutAt = PowerEvent.Of(active).Last(e => e.Event == "cut").MonotonicMilliseconds;
        var firstNew = report.FirstNewAfter(cutAt);
        Output.WriteLine($"{active} cut: first new connection served after {firstNew:0} ms");
        Assert.NotNull(firstNew);
        Assert.InRange(firstNew.Value, 1, TakeoverDeadline.TotalMilliseconds);
    }
}
