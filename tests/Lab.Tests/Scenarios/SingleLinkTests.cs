using HaLvs.Lab.Tests.Network;
using HaLvs.Lab.Tests.Observations;
using Xunit.Abstractions;

namespace HaLvs.Lab.Tests.Scenarios;

[Collection(OneLab.Name)]
public sealed class SingleLinkTests(ITestOutputHelper output) : LabScenario(output)
{
    /// <summary>The slowest to be noticed is a power controller: it is asked now and then.</summary>
    private static readonly TimeSpan NoticeDeadline = TimeSpan.FromSeconds(45);

    /// <summary>Several times the dead time.</summary>
    private static readonly TimeSpan NothingMovesFor = TimeSpan.FromSeconds(3);

    public static TheoryData<string> Links => [.. LabNetwork.Links];

    [LabTheory]
    [MemberData(nameof(Links))]
    public Task Unplug_OneLink_NothingMovesAndStatusSaysDegradedUntilPlugged(string link) => RunAsync(async active =>
    {
        await Wait.UntilAsync("both are healthy before", NoticeDeadline, () => BothAsync(view => view.Health == "healthy"));
        var before = (await LabNetwork.ViewAsync(active))!.Epoch;

        await LabNetwork.UnplugAsync(link);
        await Wait.UntilAsync($"a director says degraded without {link}", NoticeDeadline, async () => !await BothAsync(view => view.Health == "healthy"));
        await Wait.WhileAsync($"{active} serves without {link}", NothingMovesFor, () => StillServesAsync(active, before));

        await LabNetwork.PlugAsync(link);
        await Wait.UntilAsync($"both are healthy with {link} back", NoticeDeadline, () => BothAsync(view => view.Health == "healthy"));
        Assert.True(await StillServesAsync(active, before), "the role moved");
    });

    private static async Task<bool> StillServesAsync(string active, ulong epoch) =>
        await LabNetwork.ViewAsync(active) is { Role: "active" } own && own.Epoch == epoch
        && await LabNetwork.ViewAsync(LabNetwork.PeerOf(active)) is { Role: "standby" };

    private static async Task<bool> BothAsync(Func<DirectorView, bool> condition)
    {
        foreach (var director in LabNetwork.Directors)
        {
            if (await LabNetwork.ViewAsync(director) is not { } view || !condition(view))
            {
                return false;
            }
        }

        return true;
    }
}
