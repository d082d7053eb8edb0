using HaLvs.Lab.Tests.Network;
using HaLvs.Lab.Tests.Observations;
using Xunit.Abstractions;

namespace HaLvs.Lab.Tests.Scenarios;

/// <summary>What every scenario begins with (a healthy pair) and leaves when it fails (both nodes' words).</summary>
public abstract class LabScenario(ITestOutputHelper output)
{
    /// <summary>Longer than detection, a cold IPMI session and a slow machine together.</summary>
    protected static readonly TimeSpan TakeoverDeadline = TimeSpan.FromSeconds(15);

    protected static readonly TimeSpan RejoinDeadline = TimeSpan.FromSeconds(45);

    /// <summary>How long connections are watched after a change: twice the longest TCP back-off that the change can have caused.</summary>
    protected static readonly TimeSpan ObserveAfter = TimeSpan.FromSeconds(3);

    protected ITestOutputHelper Output { get; } = output;

    /// <param name="scenario">Gets the name of the serving director.</param>
    protected async Task RunAsync(Func<string, Task> scenario)
    {
        try
        {
            await scenario(await LabNetwork.MakeReadyAsync());
        }
        catch
        {
            await DescribeAsync();
            throw;
        }
    }

    protected static Task BecomesAsync(string director, string role, TimeSpan deadline) =>
        Wait.UntilAsync($"{director} is {role}", deadline, async () => (await LabNetwork.ViewAsync(director))?.Role == role);

    protected static Task BecomesStandbyInSyncAsync(string director) =>
        Wait.UntilAsync($"{director} is standby and in sync", RejoinDeadline,
            async () => await LabNetwork.ViewAsync(director) is { Role: "standby", InSync: true });

    protected async Task<TrafficReport> EndWithoutLossAsync(Traffic traffic)
    {
        var report = await traffic.EndAsync();
        Output.WriteLine(report.ToString());
        Assert.Equal((0, 0), (report.Lost, report.Corrupted));
        Assert.True(report.Messages > report.Connections, "hardly any message came back: nothing was tested");
        return report;
    }

    private async Task DescribeAsync()
    {
        Output.WriteLine((await Command.RunAsync(LabNetwork.Script, ["status"], TimeSpan.FromSeconds(15))).Output);
        foreach (var director in LabNetwork.Directors)
        {
            var events = await LabNetwork.InsideAsync(director, TimeSpan.FromSeconds(10), "halvs", "events");
            Output.WriteLine($"--- events of {director}\n{events.Output}{events.Error}");
            Output.WriteLine($"--- log of {director}\n{Tail($"{LabNetwork.Folder}/{director}/director.log")}");
            Output.WriteLine($"--- power of {director}\n{Tail($"{LabNetwork.Folder}/{director}/power.log")}");
        }
    }

    private static string Tail(string path) => File.Exists(path) ? string.Join('\n', File.ReadLines(path).TakeLast(60)) : "(none)";
}
