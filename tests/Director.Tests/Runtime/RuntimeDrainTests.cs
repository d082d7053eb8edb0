using HaLvs.Director.Configuration;
using HaLvs.Director.Control;
using HaLvs.Director.Runtime;
using HaLvs.Director.Tests.Sync;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Tests.Runtime;

/// <summary>A drain from its order to its end: over commands that go away, restarts, failovers and other people's changes.</summary>
public sealed class RuntimeDrainTests
{
    private const string Client = "198.51.100.7";
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Drain_ClientWithATemplate_GoesElsewhereAtOnce()
    {
        using RuntimeNode node = new();
        string server = node.Open($"{Client}:40000");
        await BeginAsync(node, server, TimeSpan.Zero);
        Assert.Equal(Other(server), node.Open($"{Client}:40001"));
        Assert.Equal((1, 1, null), (node.Server(server)!.Drain!.ConnectionsAtStart, node.Server(server)!.Drain!.ConnectionsLeft, node.Server(server)!.Drain!.Remaining));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Drain_Deadline_EndsWhatIsLeftAndSaysSo(bool remove)
    {
        using RuntimeNode node = new();
        string server = node.Open($"{Client}:40000");
        List<string> progress = [];
        Task<OperationOutcome> command = node.DrainAsync(server, s_soon, remove, new Lines(progress));
        await TickUntilAsync(node, () => command.IsCompleted);
        OperationOutcome outcome = await command;
        Assert.True(outcome.Done, outcome.Text);
        Assert.Equal($"{server}:80 of 192.0.2.100:80/tcp: 1 connection was ended at the deadline; "
            + (remove ? "removed" : $"it stays at weight 0 (before: {Weight(server)})"), outcome.Text);
        Assert.Equal(2, node.Plane.Core.Counters.EndedConnections); // With the template that held it.
        Assert.Equal(remove, node.Server(server) is null);
        Assert.StartsWith("1 of 1 connections left, 0:01 to the deadline, ", progress[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_CommandInterrupted_GoesOnAndTheServerIsTakenAwayAtTheEnd()
    {
        using RuntimeNode node = new();
        string server = node.Open($"{Client}:40000");
        using CancellationTokenSource interrupt = new();
        Task<OperationOutcome> command = node.DrainAsync(server, s_soon, remove: true, cancel: interrupt.Token);
        await interrupt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command);
        Assert.NotNull(node.Server(server)!.Drain);
        await TickUntilAsync(node, () => node.Server(server) is null);
        Assert.Contains(node.Past(), e => e.Kind == "drain" && e.Text.EndsWith("1 connection was ended at the deadline; removed", StringComparison.Ordinal));
        using RuntimeNode restarted = new(node.Folder);
        Assert.Null(restarted.Server(server));
    }

    [Fact]
    public async Task Drain_Restart_GoesOnWithWhatIsLeftOfTheDeadline()
    {
        using RuntimeNode node = new();
        string server = node.Open($"{Client}:40000");
        await BeginAsync(node, server, s_hour, remove: true);
        using RuntimeNode restarted = new(node.Folder);
        DrainSnapshot drain = restarted.Server(server)!.Drain!;
        Assert.InRange(drain.Remaining!.Value, s_hour - TimeSpan.FromMinutes(1), s_hour);
        Assert.Equal((1, true), (drain.ConnectionsAtStart, drain.TakesAway));
        OperationOutcome outcome = await restarted.Services.CancelDrainAsync(RuntimeNode.WebName, $"{server}:80", "bob", default);
        Assert.Equal((true, $"{server}:80 of 192.0.2.100:80/tcp: the drain is called off, weight {Weight(server)} again"), (outcome.Done, outcome.Text));
        Assert.Equal((Weight(server), null), (restarted.Server(server)!.Weight, restarted.Server(server)!.Drain));
        Assert.Empty(restarted.Services.DriftLines);
    }

    [Fact]
    public async Task Drain_TimeGoesBy_WhatIsLeftIsWrittenNowAndThen()
    {
        ManualTime time = new();
        using RuntimeNode node = new(time: time);
        await BeginAsync(node, "10.0.0.3", s_hour);
        await Task.Delay(50);
        time.Advance(TimeSpan.FromSeconds(11));
        node.Services.Look();
        using RuntimeNode restarted = new(node.Folder);
        Assert.True(restarted.Server("10.0.0.3")!.Drain!.Remaining < s_hour - TimeSpan.FromMilliseconds(49));
    }

    [Fact]
    public async Task Drain_Failover_GoesOnAtTheNodeThatServesNow()
    {
        using RuntimeNode active = new();
        using RuntimeNode standby = new();
        standby.Services.Serves = () => false;
        standby.Plane.Core.SetTimersFrozen(true, 0);
        string server = active.Open($"{Client}:40000");
        await BeginAsync(active, server, s_soon, remove: true);
        standby.Hear(active);
        Assert.NotNull(standby.Server(server)!.Drain!.Remaining);
        Assert.Contains("then removed; weight before: ", Assert.Single(standby.Services.DriftLines), StringComparison.Ordinal);
        await Task.Delay(2 * s_soon);
        standby.Tick();
        standby.Services.Look();
        Assert.NotNull(standby.Server(server));

        standby.Services.Serves = () => true;
        standby.Plane.Core.SetTimersFrozen(false, Director.Loops.DataPlane.Now);
        await TickUntilAsync(standby, () => standby.Server(server) is null);

        // The former active hears of it, and forgets its own order.
        active.Hear(standby, epoch: 4);
        Assert.Null(active.Server(server));
    }

    [Fact]
    public async Task Drain_Again_ReplacesTheDeadlineAndKeepsTheWeightBefore()
    {
        using RuntimeNode node = new();
        await BeginAsync(node, Opened(node), s_hour);
        string server = Draining(node);
        await BeginAsync(node, server, 2 * s_hour, remove: true);
        DrainSnapshot drain = node.Server(server)!.Drain!;
        Assert.InRange(drain.Remaining!.Value, s_hour, 2 * s_hour);
        Assert.Equal((1, true), (drain.ConnectionsAtStart, drain.TakesAway));
        await node.Services.CancelDrainAsync(RuntimeNode.WebName, server, "bob", default);
        Assert.Equal(Weight(server), node.Server(server)!.Weight);
    }

    [Fact]
    public async Task Drain_WeightByIpvsadm_CallsItOffAndTheCommandSaysSo()
    {
        using RuntimeNode node = new();
        string server = Opened(node);
        Task<OperationOutcome> command = node.DrainAsync(server, s_hour, remove: true);
        await Eventually.HoldsAsync(() => node.Server(server)!.Drain is not null, "the drain has begun");
        await node.WeightAsync(server, 5);
        OperationOutcome outcome = await command.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((false, $"the drain of {server}:80 of 192.0.2.100:80/tcp was called off; halvs events says by whom"), (outcome.Done, outcome.Text));
        Assert.Equal((5, null), (node.Server(server)!.Weight, node.Server(server)!.Drain));
        Assert.False((await node.Services.CancelDrainAsync(RuntimeNode.WebName, server, "bob", default)).Done);
    }

    [Fact]
    public async Task Drain_RestoreWithTheServerAtWeightZero_GoesOn()
    {
        using RuntimeNode node = new();
        string server = Opened(node);
        await BeginAsync(node, server, s_hour);
        VirtualServiceConfig web = node.Plane.Core.ExportServices()[0];
        await node.Services.ChangeAsync(
            [new Director.Runtime.ServiceChange.Clear(), new Director.Runtime.ServiceChange.AddService(web), .. web.Servers.Select(s => new Director.Runtime.ServiceChange.AddServer(web.Key, s))],
            "bob", default);
        Assert.Equal(1, node.Server(server)!.Drain!.ConnectionsAtStart);
    }

    [Fact]
    public async Task Reload_WhileAServerDrains_ShowsItKeepsItOrGivesItUp()
    {
        using RuntimeNode node = new();
        Assert.NotEqual(node.Open($"{Client}:40000"), node.Open("198.51.100.8:40000"));
        await BeginAsync(node, "10.0.0.3", s_hour, remove: true);
        string refusal = node.Services.Reload(RuntimeNode.Model, DriftChoice.Refuse, "bob")!;
        Assert.Contains("10.0.0.3:80 weight 1 to 0, draining (1:00:00 to the deadline, then removed; weight before: 1)  [alice", refusal, StringComparison.Ordinal);
        Assert.Null(node.Services.Reload(RuntimeNode.Model, DriftChoice.KeepRuntime, "bob"));
        Assert.NotNull(node.Server("10.0.0.3")!.Drain);

        // A file that has the weight 0 itself: the drain is all that is left to differ.
        DirectorModel quiet = RuntimeNode.Model with
        {
            Services = [.. RuntimeNode.Model.Services.Select(s => s with { Servers = [.. s.Servers.Select(r => r.Address == Ip.Parse("10.0.0.3") ? r with { Weight = 0 } : r)] })],
        };
        Assert.Null(node.Services.Reload(quiet, DriftChoice.KeepRuntime, "bob"));
        Assert.StartsWith("service 192.0.2.100:80/tcp: server 10.0.0.3:80 draining (1:00:00 to", Assert.Single(node.Services.DriftLines), StringComparison.Ordinal);
        Assert.Null(node.Services.Reload(quiet, DriftChoice.UseFile, "bob"));
        Assert.Equal((0, null), (node.Server("10.0.0.3")!.Weight, node.Server("10.0.0.3")!.Drain));
        Assert.Empty(node.Services.DriftLines);
    }

    [Fact]
    public async Task Drain_ServerIsNotNamedWell_SaysWhy()
    {
        using RuntimeNode node = new();
        Assert.Equal("no server 10.0.0.9:80 in a service 192.0.2.100:80/tcp; halvs status names them", (await node.DrainAsync("10.0.0.9", s_hour, false)).Text);
        await node.Services.ChangeAsync([new Director.Runtime.ServiceChange.AddServer(RuntimeNode.Web, new RealServerConfig(Ip.Parse("10.0.0.3"), 81, 1))], "alice", default);
        OperationOutcome two = await node.Services.DrainAsync(RuntimeNode.WebName, "10.0.0.3", s_hour, false, "alice", new Progress<string>(), default);
        Assert.Equal((false, "10.0.0.3 is 2 servers of 192.0.2.100:80/tcp: 10.0.0.3:80, 10.0.0.3:81; say which"), (two.Done, two.Text));
    }

    /// <summary>A command that goes away as soon as the drain has begun.</summary>
    private static async Task BeginAsync(RuntimeNode node, string server, TimeSpan deadline, bool remove = false)
    {
        using CancellationTokenSource interrupt = new();
        Task<OperationOutcome> command = node.DrainAsync(server, deadline, remove, cancel: interrupt.Token);
        await interrupt.CancelAsync();
        await command.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.NotNull(node.Server(server)?.Drain);
    }

    private static Task TickUntilAsync(RuntimeNode node, Func<bool> done) => Eventually.HoldsAsync(() =>
    {
        node.Tick();
        node.Services.Look();
        return done();
    }, "the drain ends");

    private static string Opened(RuntimeNode node) => node.Open($"{Client}:40000");

    private static string Draining(RuntimeNode node) => node.Server("10.0.0.2")!.Drain is not null ? "10.0.0.2" : "10.0.0.3";

    private static string Other(string server) => server == "10.0.0.2" ? "10.0.0.3" : "10.0.0.2";

    private static int Weight(string server) => server == "10.0.0.2" ? 2 : 1;

    /// <summary>On the caller's thread: <see cref="Progress{T}"/> would come later.</summary>
    private sealed class Lines(List<string> to) : IProgress<string>
    {
        public void Report(string value) => to.Add(value);
    }
}
