using HaLvs.Lab.Tests.Network;
using HaLvs.Lab.Tests.Observations;
using Xunit.Abstractions;

namespace HaLvs.Lab.Tests.Scenarios;

[Collection(OneLab.Name)]
public sealed class ProcessTests(ITestOutputHelper output) : LabScenario(output)
{
    /// <summary>KILL: the process is gone and its forwarding with it. STOP: it hangs, and must be dead before it could wake up.</summary>
    [LabTheory]
    [InlineData("-KILL")]
    [InlineData("-STOP")]
    public Task Signal_ActiveProcess_PeerTakesOverWithEveryConnection(string signal) => RunAsync(async active =>
    {
        var next = LabNetwork.PeerOf(active);
        using var traffic = await Traffic.HoldAsync(Settings.Connections);

        (await Command.RunAsync("kill", [signal, $"{LabNetwork.ProcessIdOf(active)}"], TimeSpan.FromSeconds(5))).OutputOrFail();
        await BecomesAsync(next, "active", TakeoverDeadline);
        await Task.Delay(ObserveAfter);
        await EndWithoutLossAsync(traffic);

        await LabNetwork.PowerOnAsync(active);
        await BecomesStandbyInSyncAsync(active);
    });
}
