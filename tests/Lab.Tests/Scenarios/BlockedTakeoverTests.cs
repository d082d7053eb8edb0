using HaLvs.Lab.Tests.Network;
using HaLvs.Lab.Tests.Observations;
using Xunit.Abstractions;

namespace HaLvs.Lab.Tests.Scenarios;

[Collection(OneLab.Name)]
public sealed class BlockedTakeoverTests(ITestOutputHelper output) : LabScenario(output)
{
    [LabFact]
    public Task Cut_ControllerOutOfReach_WaitsForTheOperatorAndKeepsConnections() => RunAsync(async active =>
    {
        var next = LabNetwork.PeerOf(active);
        using var traffic = await Traffic.HoldAsync(Settings.Connections);
        await LabNetwork.UnplugAsync($"bmc-{LabNetwork.SideOf(active)}");
        await LabNetwork.CutAsync(active);

        await Wait.UntilAsync($"{next} says why it does not take over", TakeoverDeadline,
            async () => (await LabNetwork.ViewAsync(next))?.Blocked is not null);
        await Wait.WhileAsync($"{next} does not take over on a fence that nobody saw succeed", Settings.Blocked,
            async () => await LabNetwork.ViewAsync(next) is { Role: not "active", Blocked: not null });

        var blocked = (await LabNetwork.ViewAsync(next))!.Blocked!;
        Output.WriteLine($"blocked: {blocked}");
        Assert.Contains(active, blocked, StringComparison.Ordinal);
        Assert.Contains("--confirm", blocked, StringComparison.Ordinal);

        (await LabNetwork.InsideAsync(next, TakeoverDeadline, "halvs", "fence", active, "--confirm")).OutputOrFail();
        await BecomesAsync(next, "active", TakeoverDeadline);

        // TCP has backed off for as long as nobody answered and tries again after as long a pause at most.
        await Task.Delay(Settings.Blocked + TakeoverDeadline + ObserveAfter);
        await EndWithoutLossAsync(traffic);
    });
}
