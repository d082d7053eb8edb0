using System.Globalization;
using HaLvs.Lab.Tests.Network;
using HaLvs.Lab.Tests.Observations;
using Xunit.Abstractions;

namespace HaLvs.Lab.Tests.Scenarios;

/// <summary>
/// Must-show 5: SYNs of random sources at the lab's full rate, from the client's namespace. New connections of the client are served meanwhile, and those that
/// stood before are unharmed. Beside it, the kernel's nftables NAT on the same director, to the same server, under the same flood; only printed.
/// </summary>
[Collection(OneLab.Name)]
public sealed class SynFloodTests(ITestOutputHelper output) : LabScenario(output)
{
    private const int HeldConnections = 100;
    private const int Requests = 20;

    /// <summary>The kernel's NAT: another port, on the director's own address.</summary>
    private const int KernelPort = 8081;

    private static readonly TimeSpan RequestDeadline = TimeSpan.FromSeconds(10);

    private static readonly string Generator = LabNetwork.Tool("flood");

    [LabFact]
    public Task Flood_RandomSources_NewConnectionsAreServedAndHeldOnesUnharmed() => RunAsync(async active =>
    {
        await RouteBackAsync(active);
        using var traffic = await Traffic.HoldAsync(HeldConnections);
        var ours = await FloodAsync(LabNetwork.VirtualAddress, 80);
        await Task.Delay(ObserveAfter);
        var report = await traffic.EndAsync();
        Output.WriteLine($"held through it: {report}");

        var own = $"192.0.2.{(active == LabNetwork.Directors[0] ? 251 : 252)}";
        await KernelNatAsync(active);
        var kernel = await FloodAsync(own, KernelPort);
        Output.WriteLine($"HaLvs:        {ours}");
        Output.WriteLine($"nftables NAT: {kernel}");
        Output.WriteLine(await LabNetwork.OutputOfAsync(active, RequestDeadline, "sh", "-c", "halvs status | grep -A6 -E '^(connections|drops)'"));

        Assert.Equal((0, 0), (report.Lost, report.Corrupted));
        Assert.Equal(Requests, ours.Served);
    });

    /// <summary>Answers to the flood have a way, as on the real Internet; the client, no router, drops them.</summary>
    private static async Task RouteBackAsync(string active) =>
        await LabNetwork.OutputOfAsync(active, RequestDeadline, "ip", "route", "replace", "198.18.0.0/15", "via", "192.0.2.10");

    private static async Task KernelNatAsync(string active) => await LabNetwork.OutputOfAsync(active, RequestDeadline, "sh", "-c",
        $$"""
        ip rule add pref 100 iif eth1 from 10.0.0.2 ipproto tcp sport 8080 lookup main
        nft -f - <<'NFT'
        table ip bench {
            chain pre {
                type nat hook prerouting priority dstnat;
                tcp dport {{KernelPort}} dnat to 10.0.0.2:8080
            }
        }
        NFT
        """);

    /// <summary>New connections one after another while the flood runs.</summary>
    private static async Task<FloodResult> FloodAsync(string address, int port)
    {
        var seconds = Settings.FloodSeconds.ToString(CultureInfo.InvariantCulture);
        var flood = LabNetwork.OutputOfAsync("client", TimeSpan.FromSeconds(Settings.FloodSeconds + 30), Generator, address, $"{port}", seconds);
        await Task.Delay(TimeSpan.FromSeconds(1));
        var requests = Enumerable.Range(0, Requests).Select(async i =>
        {
            await Task.Delay(i * (Settings.FloodSeconds - 2) * 1000 / Requests);
            return await LabNetwork.InsideAsync("client", TimeSpan.FromSeconds(20), "curl", "-sS", "--fail", "--max-time", "10",
                "-w", " connected %{time_connect} s, done %{time_total} s", $"http://{address}:{port}/");
        });
        var answers = await Task.WhenAll(requests);
        var sent = long.Parse((await flood).Trim(), CultureInfo.InvariantCulture);
        return new FloodResult(sent / Settings.FloodSeconds, [.. answers.Where(a => a.ExitCode != 0).Select(a => $"{a.Error.Trim()}{a.Output}")]);
    }

    private sealed record FloodResult(long SynsPerSecond, string[] Failures)
    {
        public int Served => Requests - Failures.Length;

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{SynsPerSecond:N0} SYNs a second; new connections: {Served} served, {Failures.Length} failed {string.Join("; ", Failures)}");
    }
}
