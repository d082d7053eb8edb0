using System.Text.Json;
using HaLvs.Lab.Tests.Network;
using Xunit.Abstractions;

namespace HaLvs.Lab.Tests.Scenarios;

/// <summary>Programs that everybody knows, from the client through the virtual IP, with the network's default offloads.</summary>
[Collection(OneLab.Name)]
public sealed class ServiceTests(ITestOutputHelper output) : LabScenario(output)
{
    private static readonly TimeSpan ProgramDeadline = TimeSpan.FromSeconds(30);

    [LabFact]
    public Task Curl_ManyRequests_BothServersAnswer() => RunAsync(async _ =>
    {
        var names = new List<string>();
        for (var request = 0; request < 20; request++)
        {
            names.Add((await ClientAsync("curl", "-s", "--fail", "--max-time", "5", $"http://{LabNetwork.VirtualAddress}/")).Trim());
        }

        Assert.Equal(["server-1", "server-2"], names.Distinct().Order());
    });

    [LabFact]
    public Task Curl_PortWithoutService_IsRefusedAtOnce() => RunAsync(async _ =>
    {
        var result = await LabNetwork.InsideAsync("client", ProgramDeadline, "curl", "-s", "--max-time", "5", $"http://{LabNetwork.VirtualAddress}:81/");
        Assert.Equal(7, result.ExitCode);
    });

    [LabFact]
    public Task Ping_VirtualAddress_Answers() => RunAsync(async _ =>
        Assert.Contains(" 0% packet loss", await ClientAsync("ping", "-c", "3", "-i", "0.2", "-W", "1", LabNetwork.VirtualAddress), StringComparison.Ordinal));

    [LabFact]
    public Task Udp_EchoedDatagram_ComesBack() => RunAsync(async _ =>
        Assert.Equal("through the director", await ClientAsync("bash", "-c", $"printf 'through the director' | socat -t 2 - UDP:{LabNetwork.VirtualAddress}:7")));

    [LabFact]
    public Task Ftp_ControlConnection_IsGreetedByAServer() => RunAsync(async _ =>
        Assert.Matches("^220 server-[12]", await ClientAsync("bash", "-c", $"exec 3<>/dev/tcp/{LabNetwork.VirtualAddress}/21; head -n 1 <&3")));

    [LabFact]
    public Task Wrk_KeepAliveLoad_NoSocketErrors() => RunAsync(async _ =>
    {
        var report = await ClientAsync("wrk", "-t", "1", "-c", "32", "-d", "3s", $"http://{LabNetwork.VirtualAddress}/");
        Output.WriteLine(report);
        Assert.Contains("Requests/sec", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Socket errors", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", report, StringComparison.Ordinal);
    });

    [LabFact]
    public Task Iperf3_BulkBothWays_CarriesBytes() => RunAsync(async _ =>
    {
        foreach (var direction in new[] { "--get-server-output", "--reverse" })
        {
            using var report = JsonDocument.Parse(await ClientAsync("iperf3", "-c", LabNetwork.VirtualAddress, "-t", "2", "-J", direction));
            var gigabits = report.RootElement.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble() / 1e9;
            Output.WriteLine($"{direction}: {gigabits:0.0} Gbit/s");
            Assert.True(gigabits > 0.1, $"only {gigabits:0.000} Gbit/s through the director");
        }
    });

    private static async Task<string> ClientAsync(params string[] command) =>
        (await LabNetwork.InsideAsync("client", ProgramDeadline, command)).OutputOrFail();
}
