using System.Globalization;
using System.Text.Json;
using HaLvs.Lab.Tests.Network;
using Xunit.Abstractions;

namespace HaLvs.Lab.Tests.Scenarios;

/// <summary>The programs of must-show 2, from the client against the real servers through the virtual address, IPv4 and IPv6.</summary>
[Collection(OneLab.Name)]
public sealed class ClientProgramTests(ITestOutputHelper output) : LabScenario(output)
{
    private static readonly TimeSpan ProgramDeadline = TimeSpan.FromSeconds(20);

    private static readonly string[] Servers = ["server-1", "server-2"];

    [LabTheory]
    [InlineData(LabNetwork.VirtualAddress)]
    [InlineData(LabNetwork.VirtualAddress6)]
    public Task EveryProgram_ThroughTheVirtualAddress_IsServed(string address) => RunAsync(async _ =>
    {
        await CurlAsync(InUrl(address));
        await FtpAsync(InUrl(address));
        await SshAsync(address);
        await DigAsync(address);
        await IperfAsync(address);
        await SctpAsync(address);
    });

    private async Task CurlAsync(string host)
    {
        foreach (var (version, url) in new[] { ("--http1.1", $"http://{host}/"), ("--http1.1", $"https://{host}/"), ("--http2", $"https://{host}/") })
        {
            var answer = await ClientAsync("curl", "-sk", "--fail", "--max-time", "5", version, "-w", " %{http_version}", url);
            Output.WriteLine($"curl {version} {url}: {answer.Trim().ReplaceLineEndings(" ")}");
            Assert.Matches($"^server-[12]\\s+{(version == "--http2" ? "2" : "1\\.1")}$", answer);
        }
    }

    /// <summary>curl falls back to another mode when one fails: the server's answers, which -v shows, tell which one it was.</summary>
    private async Task FtpAsync(string host)
    {
        (string Command, string[] Options)[] modes =
        [
            ("EPSV", []), ("EPRT", ["--ftp-port", "-"]), ("PASV", ["--disable-epsv"]), ("PORT", ["--ftp-port", "-", "--disable-eprt"]),
        ];
        // RFC 2428: PASV and PORT cannot carry an IPv6 address.
        foreach (var (command, options) in host.StartsWith('[') ? modes[..2] : modes)
        {
            var result = await LabNetwork.InsideAsync("client", ProgramDeadline, ["curl", "-v", "--max-time", "8", .. options, $"ftp://{host}/README"]);
            var commands = result.Error.Split('\n').Where(l => l.StartsWith("> ", StringComparison.Ordinal)).Select(l => l[2..].Trim()).ToList();
            Output.WriteLine($"ftp {command} {host}: {result.OutputOrFail().Trim()}; {string.Join(" | ", commands)}");
            Assert.Matches("^A file on server-[12]$", result.Output.Trim());
            Assert.Equal([command], commands.Select(c => c.Split(' ')[0]).Where(c => c is "EPSV" or "EPRT" or "PASV" or "PORT"));
        }
    }

    private async Task SshAsync(string address)
    {
        var network = await ClientAsync("ssh", "-i", $"{LabNetwork.Folder}/files/client_key", "-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=no",
            "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=5", "-o", "BatchMode=yes", "-F", "none", $"root@{address}", "hostname -I");
        Output.WriteLine($"ssh {address}: {network.Trim()}");
        Assert.Matches("10\\.0\\.0\\.[23] ", network);
    }

    /// <summary>big.lab is 3.2 kB: over UDP it comes in fragments, and +ignore forbids a second try over TCP.</summary>
    private async Task DigAsync(string address)
    {
        foreach (var way in new[] { "+notcp", "+tcp" })
        {
            var name = (await ClientAsync("dig", $"@{address}", way, "+short", "+time=3", "+tries=2", "who.lab", "TXT")).Trim().Trim('"');
            var big = await ClientAsync("dig", $"@{address}", way, "+ignore", "+bufsize=4096", "+short", "+time=3", "+tries=2", "big.lab", "TXT");
            Output.WriteLine($"dig {way} {address}: {name}, {big.Length} characters");
            Assert.Contains(name, Servers);
            Assert.Equal(12, big.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(l => l.Length == 252));
        }
    }

    private async Task IperfAsync(string address)
    {
        foreach (var options in new string[][] { [], ["--udp", "--bitrate", "50M"] })
        {
            string name = options.Length == 0 ? "--tcp" : options[0];
            using var report = JsonDocument.Parse(await ClientAsync(["iperf3", "-c", address, "-t", "1", "-J", .. options]));
            var end = report.RootElement.GetProperty("end");
            var sum = end.TryGetProperty("sum_received", out var received) ? received : end.GetProperty("sum");
            var bits = sum.GetProperty("bits_per_second").GetDouble();
            Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"iperf3 {name} {address}: {bits / 1e6:0} Mbit/s"));
            Assert.True(bits > 10e6, $"{name}: only {bits} bit/s");
        }
    }

    /// <summary>iperf3 needs the kernel's SCTP, which many machines lack: here both ends bring their own (deploy/lib/sctp.c).</summary>
    private async Task SctpAsync(string address)
    {
        var words = await ClientAsync(LabNetwork.Tool("sctp"), "talk", LabNetwork.ClientOf(address), address, "7", "200", "1");
        Output.WriteLine($"sctp {address}: {words.Trim()}");
        Assert.Equal("200 messages came back", words.Trim());
    }

    private static string InUrl(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;

    private static Task<string> ClientAsync(params string[] command) => LabNetwork.OutputOfAsync("client", ProgramDeadline, command);
}
