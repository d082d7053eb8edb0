using System.Text.Json;
using HaLvs.Director.Commands;
using HaLvs.Director.Control;
using HaLvs.Director.Tests.Control;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Tests.Commands;

/// <summary>Every verb against a director over a real socket.</summary>
public sealed class VerbTests : IAsyncLifetime
{
    private readonly OperationsDouble _director = new();
    private ControlServer _server = null!;

    public async Task InitializeAsync() => _server = await ControlServer.StartAsync(_director);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Status_Json_HasTheNamesOfTheDesign()
    {
        JsonElement s = await JsonAsync("status --json");

        Assert.Equal("director-a", s.GetProperty("node").GetString());
        Assert.Equal("active", s.GetProperty("role").GetString());
        Assert.Equal("director-a", s.GetProperty("active").GetString());
        Assert.Equal(7, s.GetProperty("epoch").GetInt64());
        Assert.Equal("director-b standby True True", Join(s.GetProperty("peer"), "name", "role", "alive", "inSync"));
        Assert.Equal("udp:10.0.0.251:694 ok", Join(s.GetProperty("links")[0], "name", "state"));
        Assert.Equal("director-b ipmi 198.51.100.12 ok", Join(s.GetProperty("fence")[0], "target", "device", "state"));
        Assert.Equal("192.0.2.100", s.GetProperty("virtualAddresses")[0].GetString());
        Assert.Equal(12_345, s.GetProperty("connections").GetInt64());
        Assert.Equal("off (not in this version)", s.GetProperty("offload").GetString());
        Assert.Equal(JsonValueKind.Null, s.GetProperty("blocked").ValueKind);
        Assert.Equal("fedcba9876543210 0011223344556677 275400", Join(s, "incarnation", "configurationHash", "uptime"));
        foreach (string name in (string[])["health", "reasons", "interfaces", "services", "sync", "drops", "gateway", "version", "processId"])
        {
            Assert.True(s.TryGetProperty(name, out _), name);
        }
    }

    [Fact]
    public async Task Status_SingleDirector_PeerAndSyncAreNull()
    {
        _director.Current = StatusSamples.Single();

        JsonElement s = await JsonAsync("status --json");

        Assert.Equal(JsonValueKind.Null, s.GetProperty("peer").ValueKind);
        Assert.Equal(JsonValueKind.Null, s.GetProperty("sync").ValueKind);
    }

    [Fact]
    public async Task Status_Json_ADrainIsWithItsServer()
    {
        _director.Current = StatusSamples.Draining();

        JsonElement servers = (await JsonAsync("status --json")).GetProperty("services")[0].GetProperty("servers");

        Assert.Equal("12 3 250000 True False 0", Join(servers[0].GetProperty("drain"), "connectionsAtStart", "connectionsLeft", "remainingMs", "remove", "over", "ended"));
        Assert.Equal(JsonValueKind.Null, servers[1].GetProperty("drain").GetProperty("remainingMs").ValueKind);
        Assert.Equal(JsonValueKind.Null, servers[2].GetProperty("drain").ValueKind);
    }

    [Fact]
    public async Task Drain_Interrupted_SaysThatItGoesOn()
    {
        ((RuntimeDouble)_director.Runtime).DrainsForEver = true;
        using CancellationTokenSource interrupt = new(TimeSpan.FromMilliseconds(500));
        string[] words = ["drain", "192.0.2.100:80/tcp", "10.0.0.2:80", "--deadline", "1h", "--socket", _server.Path];

        CommandRun run = await CommandRun.OfAsync(words, cancel: interrupt.Token);

        Assert.Equal((ExitCode.Failed, ""), (run.ExitCode, run.Output));
        Assert.Equal("drain: 3 connections left\nhalvs: drain failed: interrupted, but the drain goes on: halvs status shows it, "
            + "`halvs drain '192.0.2.100:80/tcp' 10.0.0.2:80 --cancel` calls it off\n", run.Error);
    }

    [Theory]
    [InlineData("drain 192.0.2.100:80/tcp 10.0.0.2:80 --cancel", ExitCode.Done)]
    [InlineData("drain 192.0.2.100:80/tcp 10.0.0.2:80 --cancel --remove", ExitCode.WrongUsage)]
    [InlineData("drain 192.0.2.100:80/tcp 10.0.0.2:80 --cancel --deadline 5s", ExitCode.WrongUsage)]
    public async Task Drain_Cancel_CallsItOffAndTakesNothingElse(string line, int code)
    {
        CommandRun run = await CommandRun.OfAsync([.. line.Split(' '), "--socket", _server.Path]);
        Assert.Equal(code, run.ExitCode);
        Assert.Equal(code == ExitCode.Done, run.Output.Contains("the drain is called off", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ipvsadm_StandbyHasNotConfirmed_WarnsAndIsDone()
    {
        ((RuntimeDouble)_director.Runtime).Warning = "the standby has not confirmed run-time change 7";
        CommandHost host = new() { Interactive = false, Input = TextReader.Null, DrillTrafficFromHere = true, SocketPath = _server.Path };
        CommandRun run = await CommandRun.OfAsync(["ipvsadm", "--set", "1", "2", "3"], host);
        Assert.Equal((0, "", "ipvsadm: warning: the standby has not confirmed run-time change 7\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Events_Text_IsATimeLine()
    {
        DateTimeOffset noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);
        _director.History.Add(new DirectorEvent(noon, 1_000, EventSeverity.Info, "peer", "director-b lost: silent on every link for 500 ms"));
        _director.History.Add(new DirectorEvent(noon.AddMilliseconds(81.3), 1_081.3, EventSeverity.Alarm, "fence", "off read back"));

        CommandRun run = await RunAsync("events");

        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.EndsWith("peer           director-b lost: silent on every link for 500 ms", lines[1], StringComparison.Ordinal);
        Assert.Matches(@"^! \d\d:\d\d:00\.081    \+81\.3 ms  fence          off read back$", lines[2]);
    }

    [Fact]
    public async Task Events_Json_IsAnArray()
    {
        Assert.Equal(0, (await JsonAsync("events --json")).GetArrayLength());
        _director.History.Add(new DirectorEvent(DateTimeOffset.UnixEpoch, 1, EventSeverity.Info, "role", "a"));
        _director.History.Add(new DirectorEvent(DateTimeOffset.UnixEpoch, 2, EventSeverity.Warning, "role", "b"));

        JsonElement events = await JsonAsync("events --json");

        Assert.Equal("2 warning role b", Join(events[1], "monotonicMs", "severity", "kind", "text"));
    }

    [Fact]
    public async Task Events_FollowInterrupted_ExitZeroWithOneObjectALine()
    {
        _director.History.Add(new DirectorEvent(DateTimeOffset.UnixEpoch, 1, EventSeverity.Info, "role", "a"));
        using CancellationTokenSource interrupt = new(TimeSpan.FromSeconds(1));

        CommandRun run = await CommandRun.OfAsync(["events", "--follow", "--json", "--socket", _server.Path], cancel: interrupt.Token);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("role", JsonDocument.Parse(run.Output.TrimEnd()).RootElement.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Connections_Text_HasIpvsadmsColumns()
    {
        _director.Table = [Record];

        CommandRun run = await RunAsync("connections");

        Assert.Equal(
            "IPVS connection entries\npro expire state       source             virtual            destination\n"
            + "TCP 14:59  ESTABLISHED 192.0.2.11:40001   192.0.2.100:80     10.0.0.2:8080\n", run.Output);
    }

    [Fact]
    public async Task Connections_Json_IsAnArray()
    {
        Assert.Equal(0, (await JsonAsync("connections --json")).GetArrayLength());
        _director.Table = [Record, Record];

        JsonElement table = await JsonAsync("connections --json");

        Assert.Equal(2, table.GetArrayLength());
        Assert.Equal(
            "service tcp 192.0.2.11:40001 192.0.2.100:80 10.0.0.2:8080 ESTABLISHED 899500",
            Join(table[0], "kind", "protocol", "client", "virtual", "server", "state", "remainingMs"));
    }

    [Fact]
    public async Task Switchover_Fails_ExitOneWithTheReason()
    {
        _director.Progress = ["asking director-b"];
        _director.Outcome = new OperationOutcome(false, "the standby is not in sync; wait, then try again");

        CommandRun run = await RunAsync("switchover --to director-b");

        Assert.Equal(new CommandRun(1, "", "switchover: asking director-b\nhalvs: switchover failed: the standby is not in sync; wait, then try again\n"), run);
        Assert.Equal(["switchover director-b"], _director.Calls);
    }

    [Fact]
    public async Task Switchover_Json_HasTheOutcome()
    {
        _director.Outcome = new OperationOutcome(true, "director-b serves");

        JsonElement outcome = await JsonAsync("switchover --json");

        Assert.Equal("switchover True director-b serves", Join(outcome, "verb", "done", "text"));
    }

    [Fact]
    public async Task Reload_Errors_AllLinesShown()
    {
        _director.Outcome = new OperationOutcome(false, "2 errors, nothing changed\nhalvs.toml:3:1: a\nhalvs.toml:4:1: b");

        CommandRun run = await RunAsync("reload");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("halvs.toml:4:1: b", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fence_NobodyToAsk_NothingDone()
    {
        CommandRun run = await RunAsync("fence director-b");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("add --yes", run.Error, StringComparison.Ordinal);
        Assert.Empty(_director.Calls);
    }

    [Theory]
    [InlineData("director-b\n", 0)]
    [InlineData("yes\n", 1)]
    [InlineData("", 1)]
    public async Task Fence_AtATerminal_OnlyTheNodesNameCounts(string typed, int exit)
    {
        using StringReader input = new(typed);
        CommandRun run = await CommandRun.OfAsync(["fence", "director-b", "--socket", _server.Path], new CommandHost { Interactive = true, Input = input });

        Assert.Equal(exit, run.ExitCode);
        Assert.Equal(exit == 0 ? 1 : 0, _director.Calls.Count);
        Assert.Contains("Type director-b to go on", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--yes", "fence director-b")]
    [InlineData("--test", "test director-b")]
    [InlineData("--on", "on director-b")]
    [InlineData("--confirm", "confirm director-b by ")]
    public async Task Fence_Script_DoesWhatItNames(string option, string call)
    {
        CommandRun run = await RunAsync($"fence director-b {option}");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith(call, _director.Calls.Single(), StringComparison.Ordinal);
    }

    private static ConnectionRecord Record { get; } = new(
        ConnectionKind.Service, TransportProtocol.Tcp, Ip.Parse("192.0.2.11"), 40_001, Ip.Parse("192.0.2.100"), 80, Ip.Parse("10.0.0.2"), 8080,
        ConnectionState.Established, 899_500);

    private Task<CommandRun> RunAsync(string line) => CommandRun.OfAsync([.. line.Split(' '), "--socket", _server.Path]);

    private async Task<JsonElement> JsonAsync(string line)
    {
        CommandRun run = await RunAsync(line);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static string Join(JsonElement e, params string[] names) => string.Join(' ', names.Select(n => e.GetProperty(n).ToString()));
}
