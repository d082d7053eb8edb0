using HaLvs.Director.Commands;
using HaLvs.Director.Runtime;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Tests.Runtime;

/// <summary>The unexpected in the middle of a transaction: all of it is undone, here, on disk and for the peer.</summary>
public sealed class RuntimeTransactionTests
{
    private static readonly ServiceChange s_deletion = new ServiceChange.DeleteServer(RuntimeNode.Web, Ip.Parse("10.0.0.2"), 80);
    private static readonly ServiceChange s_addition = new ServiceChange.AddServer(RuntimeNode.Web, new RealServerConfig(Ip.Parse("10.0.0.9"), 80, 4));

    [Fact]
    public async Task Change_KernelFailsAtTheThirdLine_NothingIsChangedAndTheNextOneWorks()
    {
        using RuntimeNode node = new(network: new BrokenNetwork(1));
        int told = 0;
        node.Services.Changed = () => told++;
        ServiceChange[] lines = [s_deletion, new ServiceChange.SetTimeouts(10, 20, 30), s_addition];

        OperatorException error = await Assert.ThrowsAsync<OperatorException>(() => node.Services.ChangeAsync(lines, "alice", default));

        Assert.Equal("nothing was changed: netlink: dump addresses: no buffer space", error.Message);
        AssertAsTheFile(node);
        Assert.Equal((0, 1), (told, node.Alarms.Length));
        using RuntimeNode restarted = new(node.Folder);
        AssertAsTheFile(restarted);

        Assert.All((await node.Services.ChangeAsync(lines, "alice", default)).Outcomes, o => Assert.Equal(ChangeOutcome.Done, o));
        Assert.Equal((1UL, 30.0), (node.Services.Version, node.Services.Contents().Timeouts.Udp.TotalSeconds));
        Assert.Null(node.Server("10.0.0.2"));
        Assert.Equal(4, node.Server("10.0.0.9")!.Weight);
    }

    [Fact]
    public async Task Change_CoreRefusesWhatTheTableTook_IsUndoneAndTheCoreIsTheTableAgain()
    {
        using RuntimeNode node = new();
        node.Plane.Core.DeleteServer(RuntimeNode.Web, Ip.Parse("10.0.0.3"), 80, 0); // A defect: the core has lost a server.
        ServiceChange edit = new ServiceChange.EditServer(RuntimeNode.Web, new RealServerConfig(Ip.Parse("10.0.0.3"), 80, 5));

        OperatorException error = await Assert.ThrowsAsync<OperatorException>(() =>
            node.Services.ChangeAsync([s_addition, new ServiceChange.SetTimeouts(10, 20, 30), edit, s_deletion], "alice", default));

        Assert.Contains("nothing was changed", error.Message, StringComparison.Ordinal);
        AssertAsTheFile(node);
        Assert.Single(node.Alarms);
        using RuntimeNode restarted = new(node.Folder);
        AssertAsTheFile(restarted);
    }

    [Fact]
    public async Task Change_HandoverBeginsMeanwhile_IsMadeWholeOrNotAtAll()
    {
        using RuntimeNode node = new();
        int asked = 0;
        node.Services.Serves = () => asked++ == 0; // Before the disk is written it still serves, when the gate is taken no more.
        OperatorException error = await Assert.ThrowsAsync<OperatorException>(() => node.Services.ChangeAsync([s_deletion], "alice", default));
        Assert.Contains("does not forward now", error.Message, StringComparison.Ordinal);
        AssertAsTheFile(node);
        using RuntimeNode restarted = new(node.Folder);
        AssertAsTheFile(restarted);
    }

    [Fact]
    public async Task Change_DiskRefuses_NothingIsChanged()
    {
        using RuntimeNode node = new();
        Directory.Delete(node.Folder.Root, recursive: true);
        OperatorException error = await Assert.ThrowsAsync<OperatorException>(() => node.Services.ChangeAsync([s_deletion], "alice", default));
        Assert.StartsWith("nothing was changed: ", error.Message, StringComparison.Ordinal);
        AssertAsTheFile(node);
        Directory.CreateDirectory(node.Folder.Root);
        await node.Services.ChangeAsync([s_deletion], "alice", default);
        Assert.Null(node.Server("10.0.0.2"));
    }

    [Fact]
    public async Task Change_OrdinaryRefusals_OtherLinesGoOn()
    {
        using RuntimeNode node = new();
        ServiceChange broadcast = new ServiceChange.AddServer(RuntimeNode.Web, new RealServerConfig(Ip.Parse("10.0.0.255"), 80, 1));
        ChangeReport report = await node.Services.ChangeAsync([s_deletion, s_deletion, broadcast, s_addition, new ServiceChange.Zero(null)], "alice", default);
        Assert.Equal([ChangeOutcome.Done, ChangeOutcome.NoSuchServer, ChangeOutcome.Invalid, ChangeOutcome.Done, ChangeOutcome.Done], report.Outcomes);
        Assert.Equal("10.0.0.9 10.0.0.3", string.Join(' ', node.Services.Contents().Services[0].Servers.Select(s => s.Server.Address)));
    }

    [Fact]
    public async Task Version_AfterAnOlderTableOfThePeer_IsNeverUsedTwice()
    {
        using RuntimeNode node = new();
        using RuntimeNode peer = new();
        await node.WeightAsync("10.0.0.3", 7);
        await node.WeightAsync("10.0.0.3", 8);
        node.Services.Acknowledged(2);
        await peer.WeightAsync("10.0.0.3", 9);
        node.Hear(peer);
        Assert.Equal(1UL, node.Services.Version);

        // Served again: the peer's old word about version 2 must not pass for the new table's.
        node.Services.PeerListens = () => true;
        ChangeReport report = await node.WeightAsync("10.0.0.3", 3);
        Assert.Equal(3UL, node.Services.Version);
        Assert.Contains("has not confirmed run-time change 3", report.Warning, StringComparison.Ordinal);
    }

    private static void AssertAsTheFile(RuntimeNode node)
    {
        Assert.Empty(node.Services.DriftLines);
        Assert.Equal(0UL, node.Services.Version);
        Assert.Equal((1, 2), (node.Server("10.0.0.3")!.Weight, node.Server("10.0.0.2")!.Weight));
        Assert.Null(node.Server("10.0.0.9"));
        Assert.Equal(900, node.Services.Contents().Timeouts.Tcp.TotalSeconds);
    }
}
