using HaLvs.Lab.Tests.Network;
using HaLvs.Lab.Tests.Observations;
using Xunit.Abstractions;

namespace HaLvs.Lab.Tests.Scenarios;

[Collection(OneLab.Name)]
public sealed class SplitBrainTests(ITestOutputHelper output) : LabScenario(output)
{
    private static readonly string[] HeartbeatLinks = ["serial", "heartbeat"];

    [LabFact]
    public Task Unplug_AllHeartbeatLinks_OnlyTheStandbyIsFencedAndOneMacAnswers() => RunAsync(async active =>
    {
        var standby = LabNetwork.PeerOf(active);
        var fences = FencesOfBoth();
        using var arp = await ArpCapture.StartAsync();
        using var traffic = await Traffic.HoldAsync(Settings.Connections);

        await SilenceAsync();
        await Wait.UntilAsync($"{standby} is fenced", TakeoverDeadline, () => Task.FromResult(FencesOfBoth() != fences));
        await Wait.WhileAsync($"{active} serves and nobody else is fenced", ObserveAfter, async () =>
            await LabNetwork.ViewAsync(active) is { Role: "active" } && PowerEvent.FencesOf(active) == fences.Of(active));

        Assert.Equal(fences.Of(standby) + 1, PowerEvent.FencesOf(standby));
        await EndWithoutLossAsync(traffic);
        var owners = await arp.EndAsync();
        Output.WriteLine($"{LabNetwork.VirtualAddress} is at {string.Join(", ", owners)}");
        Assert.Single(owners);
    });

    [LabFact]
    public Task PowerOn_FencedNodeWithLinksStillUnplugged_NobodyShootsAgainAndItJoinsWhenPlugged() => RunAsync(async active =>
    {
        var standby = LabNetwork.PeerOf(active);
        var before = FencesOfBoth();
        await SilenceAsync();
        await Wait.UntilAsync($"{standby} is fenced", TakeoverDeadline, () => Task.FromResult(FencesOfBoth() != before));

        await LabNetwork.PowerOnAsync(standby);
        var fenced = FencesOfBoth();
        var epoch = (await LabNetwork.ViewAsync(active))!.Epoch;
        await Wait.UntilAsync($"the director of {standby} answers", RejoinDeadline, async () => await LabNetwork.ViewAsync(standby) is not null);
        await Wait.WhileAsync("nobody is fenced again and nothing moves", Settings.FenceLoopWatch, async () =>
            FencesOfBoth() == fenced && await LabNetwork.ViewAsync(active) is { Role: "active" }
            && await LabNetwork.ViewAsync(standby) is { Role: not "active" });

        foreach (var link in HeartbeatLinks)
        {
            await LabNetwork.PlugAsync(link);
        }

        await BecomesStandbyInSyncAsync(standby);
        Assert.Equal((fenced, epoch), (FencesOfBoth(), (await LabNetwork.ViewAsync(active))!.Epoch));
    });

    private static async Task SilenceAsync()
    {
        foreach (var link in HeartbeatLinks)
        {
            await LabNetwork.UnplugAsync(link);
        }
    }

    private static FenceCount FencesOfBoth() => new(PowerEvent.FencesOf(LabNetwork.Directors[0]), PowerEvent.FencesOf(LabNetwork.Directors[1]));

    /// <summary>How often each director was fenced so far.</summary>
    private readonly record struct FenceCount(int A, int B)
    {
        public int Of(string director) => director == LabNetwork.Directors[0] ? A : B;
    }
}
