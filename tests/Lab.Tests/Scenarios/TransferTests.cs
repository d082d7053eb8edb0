using HaLvs.Lab.Tests.Network;
using Xunit.Abstractions;

namespace HaLvs.Lab.Tests.Scenarios;

/// <summary>Must-show 6: what is being transferred when the active loses its power arrives complete, byte for byte.</summary>
[Collection(OneLab.Name)]
public sealed class TransferTests(ITestOutputHelper output) : LabScenario(output)
{
    /// <summary>32 MiB at this speed take 8 s: the cut falls into the middle.</summary>
    private const string Speed = "4M";

    /// <summary>One every 20 ms and more, each when the one before has come back: six seconds at least.</summary>
    private const int SctpMessages = 300;

    private static readonly TimeSpan TransferDeadline = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan BeforeTheCut = TimeSpan.FromSeconds(2);

    private static readonly (string Name, string Host, string Url, string[] Options)[] Transfers =
    [
        ("ftp-passive", "client", $"ftp://{LabNetwork.VirtualAddress}/big", ["--disable-epsv"]),
        ("ftp-active", "client", $"ftp://{LabNetwork.VirtualAddress}/big", ["--ftp-port", "-", "--disable-eprt"]),
        ("ftp-ipv6", "client", $"ftp://[{LabNetwork.VirtualAddress6}]/big", []),
        ("masqueraded", "server-1", "http://192.0.2.10/big", []),
        ("masqueraded-ipv6", "server-2", "http://[2001:db8:0:1::10]/big", []),
    ];

    [LabFact]
    public Task Cut_DuringTransfers_EveryFileArrivesByteForByte() => RunAsync(async active =>
    {
        var running = Transfers.Select(t => (t.Name, Task: FetchAsync(t.Name, t.Host, t.Url, t.Options))).ToList();
        var association = LabNetwork.InsideAsync("client", TransferDeadline, LabNetwork.Tool("sctp"), "talk", "192.0.2.10", LabNetwork.VirtualAddress, "7", $"{SctpMessages}", "20");
        await Task.Delay(BeforeTheCut);
        Assert.False(association.IsCompleted, "the SCTP association ended before the cut");
        Assert.All(running, r => Assert.False(r.Task.IsCompleted, $"{r.Name} ended before the cut: {(r.Task.IsCompletedSuccessfully ? r.Task.Result : r.Task.Exception?.Message)}"));
        await LabNetwork.CutAsync(active);
        await BecomesAsync(LabNetwork.PeerOf(active), "active", TakeoverDeadline);

        var wanted = (await File.ReadAllTextAsync($"{LabNetwork.Folder}/files/big.sha256")).Trim();
        var messages = await association;
        Assert.Equal($"{SctpMessages} messages came back", messages.OutputOrFail().Trim());
        var came = await Task.WhenAll(running.Select(async r => $"{r.Name}: {await r.Task}"));
        Output.WriteLine(string.Join('\n', came));
        Assert.Equal(Transfers.Select(t => $"{t.Name}: {wanted}"), came);

        await LabNetwork.PowerOnAsync(active);
        await BecomesStandbyInSyncAsync(active);
    });

    /// <summary>The SHA-256 of what arrived, or why nothing did.</summary>
    private static async Task<string> FetchAsync(string name, string host, string url, string[] options)
    {
        var file = $"{LabNetwork.Folder}/{host}/{name}.received";
        var curl = await LabNetwork.InsideAsync(host, TransferDeadline, ["curl", "-sS", "--fail", "--limit-rate", Speed, "--max-time", "45", .. options, "-o", file, url]);
        if (curl.ExitCode != 0)
        {
            return curl.Error.Trim();
        }

        var sum = await Command.RunAsync("sha256sum", [file], TransferDeadline);
        File.Delete(file);
        return sum.OutputOrFail().Split(' ')[0];
    }
}
