using HaLvs.Lab.Tests.Network;
using Xunit.Abstractions;

namespace HaLvs.Lab.Tests.Scenarios;

/// <summary>A client in the servers' own network reaches the virtual address, whichever server it is given, itself included.</summary>
[Collection(OneLab.Name)]
public sealed class HairpinTests(ITestOutputHelper output) : LabScenario(output)
{
    [LabTheory]
    [InlineData($"http://{LabNetwork.VirtualAddress}/")]
    [InlineData($"http://[{LabNetwork.VirtualAddress6}]/")]
    public Task Curl_FromAServer_BothServersAnswer(string url) => RunAsync(async _ =>
    {
        var names = new List<string>();
        for (var request = 0; request < 10; request++)
        {
            names.Add((await LabNetwork.OutputOfAsync("server-1", TimeSpan.FromSeconds(10), "curl", "-s", "--fail", "--max-time", "5", url)).Trim());
        }

        Output.WriteLine(string.Join(' ', names));
        Assert.Equal(["server-1", "server-2"], names.Distinct().Order());
    });
}
