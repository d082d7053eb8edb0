using HaLvs.Director.Sync;
using HaLvs.Forwarder.Connections;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Tests.Sync;

/// <summary>Two engines over real TLS on loopback.</summary>
public class SyncEngineTests
{
    [Fact]
    public async Task Start_SourceActive_SnapshotAndChangesArrive()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        await using var source = new SyncNode(a, new FakeTable(20_000));
        await using var replica = new SyncNode(b, new FakeTable(20_000));
        for (int i = 0; i < 5_000; i++) source.Fake.Upsert(Flows.Number(i));
        // What the standby had from before and the active does not know must go.
        replica.Fake.Upsert(Flows.Number(19_000));
        StartAsActive(source, replica);
        await BothInSync(source, replica);
        AssertEqual(source, replica);

        source.Fake.Remove(Flows.Number(7).Key);
        source.Fake.Upsert(Flows.Number(8, ConnectionState.FinWait));
        source.Upsert(6_000);
        await Eventually.HoldsAsync(() => replica.Fake.TryGet(Flows.Number(6_000).Key, out _), "the last change arrives");
        await Acknowledged(source);
        AssertEqual(source, replica);
        Assert.Contains(new NodeInput.SyncState(true), replica.Inputs);
        Assert.True(replica.Fake.TimersFrozen);
        Assert.False(source.Fake.TimersFrozen);
        Assert.Equal("192.0.2.251", replica.Engine.Peer!.External.ToString());
        Assert.Equal("10.0.0.252", source.Engine.Peer!.Internal.ToString());
    }

    [Fact]
    public async Task Stream_CutInTheMiddleOfTheSnapshot_ComesBackAndEndsEqual()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        await using var wire = new CuttableWire(a.Listen);
        await using var source = new SyncNode(a, new FakeTable(60_000));
        await using var replica = new SyncNode(b with { PeerListen = wire.EndPoint }, new FakeTable(60_000));
        for (int i = 0; i < 50_000; i++) source.Fake.Upsert(Flows.Number(i));
        StartAsActive(source, replica);
        for (int cut = 1; cut <= 3; cut++)
        {
            long before = wire.Bytes;
            await Eventually.HoldsAsync(() => wire.Bytes > before + (100_000 * cut), "the snapshot is under way");
            wire.Cut();
            source.Fake.Remove(Flows.Number(cut).Key);
            source.Upsert(50_000 + cut);
        }

        await BothInSync(source, replica);
        await Acknowledged(source);
        AssertEqual(source, replica);
    }

    [Fact]
    public async Task Stream_SilentButOpen_IsNoticedWithinASecondAndReplaced()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        await using var wire = new CuttableWire(a.Listen);
        await using var source = new SyncNode(a, new FakeTable());
        await using var replica = new SyncNode(b with { PeerListen = wire.EndPoint }, new FakeTable());
        StartAsActive(source, replica);
        await BothInSync(source, replica);
        wire.Frozen = true;
        await Eventually.HoldsAsync(() => replica.Inputs.LastOrDefault() == new NodeInput.SyncState(false), "the standby says that it is out of sync");
        Assert.Contains(replica.Events, e => e.Contains("silent", StringComparison.Ordinal));
        await Eventually.HoldsAsync(() => !source.Engine.Status.Connected, "the source lets the dead stream go");
        source.Upsert(1);
        wire.Cut();
        wire.Frozen = false;
        await BothInSync(source, replica);
        AssertEqual(source, replica);
    }

    [Fact]
    public async Task Source_Restarted_StandbyFollowsTheNewLife()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        await using var replica = new SyncNode(b, new FakeTable());
        await using (var first = new SyncNode(a, new FakeTable()))
        {
            first.Fake.Upsert(Flows.Number(1));
            StartAsActive(first, replica);
            await BothInSync(first, replica);
        }

        await Eventually.HoldsAsync(() => !replica.InSync, "the standby notices");
        Assert.True(replica.Fake.TryGet(Flows.Number(1).Key, out _), "a broken stream takes nothing away");
        await using var second = new SyncNode(a with { Incarnation = a.Incarnation with { Counter = 2 } }, new FakeTable());
        second.Fake.Upsert(Flows.Number(2));
        second.Engine.Start();
        second.Engine.SetRole(true, 2);
        await BothInSync(second, replica);
        AssertEqual(second, replica);
    }

    [Fact]
    public async Task SetRole_Swapped_TheOtherDirectionCarries()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        await using var left = new SyncNode(a, new FakeTable());
        await using var right = new SyncNode(b, new FakeTable());
        left.Fake.Upsert(Flows.Number(1));
        StartAsActive(left, right);
        await BothInSync(left, right);
        for (ulong epoch = 2; epoch < 6; epoch++)
        {
            (SyncNode from, SyncNode to) = epoch % 2 == 0 ? (left, right) : (right, left);
            from.Engine.SetRole(false, epoch);
            to.Engine.SetRole(true, epoch);
            to.Upsert(100 + (int)epoch);
            await BothInSync(to, from);
            await Acknowledged(to);
            AssertEqual(to, from);
        }

        Assert.Equal(0, left.Engine.Counters.Refused + right.Engine.Counters.Refused);
    }

    [Fact]
    public async Task SetRole_ActiveWhileThePeerStillSends_RefusesTheOldSource()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        await using var stale = new SyncNode(a, new FakeTable());
        await using var fresh = new SyncNode(b, new FakeTable());
        stale.Fake.Upsert(Flows.Number(1));
        StartAsActive(stale, fresh);
        await BothInSync(stale, fresh);
        fresh.Engine.SetRole(true, 2);
        HashSet<ConnectionRecord> taken = fresh.Fake.Content();
        stale.Upsert(2);
        await Eventually.HoldsAsync(() => fresh.Engine.Counters.Refused > 0, "the stale active is refused");
        Assert.True(taken.SetEquals(fresh.Fake.Content()));

        // A stale active is refused by a standby, too, once that has seen the newer epoch.
        fresh.Engine.SetRole(false, 2);
        long before = fresh.Engine.Counters.Refused;
        await Eventually.HoldsAsync(() => fresh.Engine.Counters.Refused > before, "epoch 1 is refused after epoch 2");
        Assert.True(taken.SetEquals(fresh.Fake.Content()));
        await Eventually.HoldsAsync(() => fresh.Events.Any(e => e.Contains("stale active", StringComparison.Ordinal)), "the operator is told");
    }

    [Fact]
    public async Task ChangeLog_Overflows_NewSnapshotMakesItGood()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        await using var source = new SyncNode(a, new FakeTable(20_000, logCapacity: 100));
        await using var replica = new SyncNode(b, new FakeTable(20_000));
        StartAsActive(source, replica);
        await BothInSync(source, replica);
        lock (source.Table.Gate)
        {
            for (int i = 0; i < 1_000; i++) source.Fake.Upsert(Flows.Number(i));
        }

        source.Engine.NotifyChanges();
        await Eventually.HoldsAsync(() => source.Engine.Counters.Overflows == 1 && source.Engine.Counters.SnapshotsSent == 2, "a second snapshot");
        await BothInSync(source, replica);
        AssertEqual(source, replica);
        Assert.Contains(source.Events, e => e.Contains("overflow", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replica_Slow_WindowHoldsAndChangesCoalesce()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        var timing = new SyncTiming { BatchRecords = 16, WindowRecords = 64 };
        await using var source = new SyncNode(a, new FakeTable(), timing);
        await using var replica = new SyncNode(b, new FakeTable { OnApply = () => Thread.Sleep(1) }, timing);
        StartAsActive(source, replica);
        await BothInSync(source, replica);
        long worst = 0;
        int changes = 0;

        // On a busy machine the sender may not have had a processor yet after the first 20,000.
        for (; changes < 20_000 || (worst == 0 && changes < 5_000_000); changes++)
        {
            source.Upsert(changes % 200);
            worst = Math.Max(worst, source.Engine.Status.Lag);
        }

        await Acknowledged(source);
        AssertEqual(source, replica);
        Assert.InRange(worst, 1, timing.WindowRecords + timing.BatchRecords);
        Assert.True(replica.Engine.Counters.Received < changes / 2, $"{changes} changes of 200 flows were not coalesced");
    }

    /// <summary>Signs of life would hide a wake-up that got lost: here there are none, so a lost one hangs.</summary>
    [Fact]
    public async Task Changes_NoSignsOfLife_EveryBurstIsAcknowledged()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        var timing = new SyncTiming { Idle = TimeSpan.FromMinutes(2), Dead = TimeSpan.FromMinutes(20), BatchRecords = 8, WindowRecords = 24 };
        await using var source = new SyncNode(a, new FakeTable(), timing);
        await using var replica = new SyncNode(b, new FakeTable(), timing);
        StartAsActive(source, replica);
        await BothInSync(source, replica);
        var random = new Random(1);
        for (int burst = 0; burst < 2_000; burst++)
        {
            for (int i = random.Next(1, 60); i > 0; i--) source.Upsert(random.Next(2_000));
            if (burst % 4 == 0) await Acknowledged(source);
        }

        await Acknowledged(source);
        AssertEqual(source, replica);
    }

    [Fact]
    public async Task RequestDrain_PeerFollows_AnswersTrueAfterTheLastChange()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        await using var source = new SyncNode(a, new FakeTable());
        await using var replica = new SyncNode(b, new FakeTable());
        StartAsActive(source, replica);
        await BothInSync(source, replica);
        for (int i = 0; i < 2_000; i++) source.Fake.Upsert(Flows.Number(i));
        source.Engine.RequestDrain(TimeSpan.FromSeconds(20));
        await Eventually.HoldsAsync(() => source.Inputs.OfType<NodeInput.SyncDrained>().Any(), "an answer");
        AssertEqual(source, replica);
        Assert.Equal([new NodeInput.SyncDrained(true)], source.Inputs.OfType<NodeInput.SyncDrained>());
    }

    [Fact]
    public async Task RequestDrain_NoPeer_AnswersFalseInTime()
    {
        (SyncIdentity a, _) = SyncNode.Pair();
        await using var source = new SyncNode(a, new FakeTable());
        source.Engine.Start();
        source.Engine.SetRole(true, 1);
        source.Engine.RequestDrain(TimeSpan.FromMilliseconds(50));
        await Eventually.HoldsAsync(() => source.Inputs.Contains(new NodeInput.SyncDrained(false)), "an answer");
    }

    [Fact]
    public async Task Replica_TableTooSmall_IsNeverCalledInSync()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        await using var source = new SyncNode(a, new FakeTable());
        await using var replica = new SyncNode(b, new FakeTable(capacity: 10));
        for (int i = 0; i < 100; i++) source.Fake.Upsert(Flows.Number(i));
        StartAsActive(source, replica);
        await Eventually.HoldsAsync(() => source.Engine.Counters.SnapshotsSent == 1 && source.Engine.Status.Lag == 0, "the snapshot is through");
        await Eventually.HoldsAsync(() => replica.Engine.Counters.NotApplied == 90, "what did not fit is counted");
        Assert.False(source.InSync);
        Assert.False(replica.InSync);
        Assert.DoesNotContain(new NodeInput.SyncState(true), replica.Inputs);
    }

    private static void StartAsActive(SyncNode active, SyncNode standby)
    {
        active.Engine.Start();
        standby.Engine.Start();
        active.Engine.SetRole(true, 1);
    }

    private static Task BothInSync(SyncNode active, SyncNode standby) => Eventually.HoldsAsync(
        () => active.InSync && standby.InSync, "both sides say in sync",
        () => $"active: {active.Engine.Status}, standby: {standby.Engine.Status}; {string.Join(" | ", active.Events.Concat(standby.Events))}");

    private static Task Acknowledged(SyncNode active) => Eventually.HoldsAsync(
        () =>
        {
            lock (active.Table.Gate)
            {
                return !active.Table.HasChanges && active.Engine.Status is { Lag: 0, InSync: true };
            }
        },
        "everything acknowledged");

    private static void AssertEqual(SyncNode active, SyncNode standby) => Assert.True(active.Fake.Content().SetEquals(standby.Fake.Content()));
}
