using System.Text.Json;
using HaLvs.Director.Commands;
using HaLvs.Director.Control;
using HaLvs.Director.Drills.Traffic;
using HaLvs.Director.Tests.Commands;
using HaLvs.Director.Tests.Control;
using HaLvs.Director.Tests.Drills.Traffic;
using HaLvs.Heartbeat;
using HaLvs.Heartbeat.Roles;

namespace HaLvs.Director.Tests.Drills;

/// <summary>Whole drills: a director double over a real socket, real traffic against a real echo server.</summary>
public sealed class DrillTests : IAsyncLifetime, IDisposable
{
    private readonly OperationsDouble _director = new() { Current = StatusSamples.StandbyPair() };
    private readonly EchoServer _service = new();
    private ControlServer _server = null!;

    public async Task InitializeAsync() => _server = await ControlServer.StartAsync(_director);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task PowerCut_ServedAndNothingLost_PassedWithATimeLine()
    {
        _director.OnOperation = () =>
        {
            _director.NextEvent.SetResult(new DirectorEvent(DateTimeOffset.UtcNow, MonotonicClock.Milliseconds, EventSeverity.Notice, "fence", "off read back"));
            Take();
        };

        CommandRun run = await RunAsync("power-cut", "--yes", "--json");

        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        JsonElement report = JsonDocument.Parse(run.Output).RootElement;
        Assert.True(report.GetProperty("passed").GetBoolean());
        Assert.Equal(("director-b", "director-a"), (report.GetProperty("from").GetString(), report.GetProperty("to").GetString()));
        Assert.Equal("off read back", report.GetProperty("timeline")[0].GetProperty("text").GetString());
        Assert.Equal(0, report.GetProperty("traffic").GetProperty("lost").GetInt32());
        Assert.InRange(report.GetProperty("servedMs").GetDouble(), 0, 30_000);
        Assert.Equal(["fence director-b"], _director.Calls);
    }

    [Fact]
    public async Task Switchover_ConnectionsLost_ExitOneAndSaysHowMany()
    {
        _director.OnOperation = () =>
        {
            _service.EndAll(reset: true);
            Take();
        };

        CommandRun run = await RunAsync("switchover");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FAILED: 20 of 20 connections lost", run.Output, StringComparison.Ordinal);
        Assert.Equal(["switchover director-a"], _director.Calls);
    }

    [Fact]
    public async Task PowerCut_FenceFails_ExitOneWithTheReason()
    {
        _director.Outcome = new OperationOutcome(false, "ipmi 198.51.100.12: no answer");

        CommandRun run = await RunAsync("power-cut", "--yes");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FAILED: ipmi 198.51.100.12: no answer", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PowerCut_NotConfirmed_NothingDone()
    {
        CommandRun run = await RunAsync("power-cut");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("add --yes", run.Error, StringComparison.Ordinal);
        Assert.Empty(_director.Calls);
    }

    [Fact]
    public async Task PowerCut_PeerNotInSync_NothingDone()
    {
        DirectorStatus standby = StatusSamples.StandbyPair();
        _director.Current = standby with { Node = standby.Node with { InSync = false } };

        CommandRun run = await RunAsync("power-cut", "--yes");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("halvs: drill power-cut not begun: the standby is not in sync", run.Error, StringComparison.Ordinal);
        Assert.Empty(_director.Calls);
    }

    [Fact]
    public async Task Switchover_NoServiceForTheDefaultTarget_SaysWhatToGive()
    {
        _director.Current = _director.Current with { Services = [] };

        CommandRun run = await CommandRun.OfAsync(["drill", "switchover", "--socket", _server.Path]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--target IP:PORT --protocol echo|http, or give --no-traffic", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProcessKill_OnTheActive_WarnsThatThisMachineLosesPower()
    {
        _director.Current = StatusSamples.ActivePair();
        using StringReader input = new("no\n");

        CommandRun run = await CommandRun.OfAsync(
            ["drill", "process-kill", "--no-traffic", "--socket", _server.Path], new CommandHost { Interactive = true, Input = input, DrillTrafficFromHere = true });

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("director-b then cuts the power of THIS machine", run.Error, StringComparison.Ordinal);
    }

    private void Take()
    {
        DirectorStatus standby = StatusSamples.StandbyPair();
        _director.Current = standby with { Node = standby.Node with { Role = Role.Active, Active = "director-a" } };
    }

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.OfAsync(
        ["drill", .. args, "--target", _service.EndPoint.ToString(), "--connections", "20", "--socket", _server.Path]);
}
