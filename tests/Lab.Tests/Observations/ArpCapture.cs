using System.Diagnostics;
using System.Text.RegularExpressions;
using HaLvs.Lab.Tests.Network;

namespace HaLvs.Lab.Tests.Observations;

/// <summary>Who answers for the virtual IP: every ARP packet on the client's cable, while the client keeps asking everybody.</summary>
public sealed partial class ArpCapture : IDisposable
{
    // A new arping asks by broadcast; one that goes on would turn to the first that answered.
    private const string AskEverybody =
        $"trap 'exit 0' INT; while :; do arping -q -f -c 1 -w 1 -I eth0 {LabNetwork.VirtualAddress}; sleep 0.1; done";

    private readonly Process _capture;
    private readonly Process _questions;
    private readonly Task<string> _packets;

    private ArpCapture(Process capture, Process questions)
    {
        _capture = capture;
        _questions = questions;
        _packets = capture.StandardOutput.ReadToEndAsync();
    }

    public static async Task<ArpCapture> StartAsync()
    {
        var capture = Command.Start(LabNetwork.Script, ["sh", "client", "--", "tcpdump", "-i", "eth0", "-n", "-e", "-t", "-l", "-Z", "root", "arp"]);
        while (await capture.StandardError.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("listening on", StringComparison.Ordinal))
            {
                var questions = Command.Start(LabNetwork.Script, ["sh", "client", "--", "bash", "-c", AskEverybody]);
                return new ArpCapture(capture, questions);
            }
        }

        capture.Dispose();
        throw new InvalidOperationException("tcpdump ended before it listened");
    }

    /// <summary>MAC addresses that said "192.0.2.100 is at", in the order of their first word.</summary>
    public async Task<IReadOnlyList<string>> EndAsync()
    {
        await InterruptAsync(_questions);
        await InterruptAsync(_capture);
        return [.. Owner().Matches(await _packets).Select(m => m.Groups[1].Value).Distinct()];
    }

    public void Dispose()
    {
        foreach (var process in new[] { _questions, _capture })
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            process.Dispose();
        }
    }

    private static async Task InterruptAsync(Process process)
    {
        await Command.RunAsync("kill", ["-INT", $"{process.Id}"], TimeSpan.FromSeconds(5));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await process.WaitForExitAsync(deadline.Token);
    }

    // An answer, or a gratuitous announcement in any of its spellings; the sender stands first in the line.
    [GeneratedRegex(@"^([0-9a-f:]{17}) > .*(?:Reply 192\.0\.2\.100 is-at|Announcement 192\.0\.2\.100|tell 192\.0\.2\.100)", RegexOptions.Multiline)]
    private static partial Regex Owner();
}
