using HaLvs.Forwarder.Calls;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Calls;

/// <summary>Calls travel: templates with their Call-IDs, connections with the call that they hold.</summary>
public sealed class CallSyncTests
{
    private const string Client = "192.0.2.11:5060";

    [Theory]
    [InlineData("-p 360 --pe sip -o", 1)]
    [InlineData("-p 360 --pe sip", 2)]
    [InlineData("-p 30 -M 255.255.255.0 --pe sip", 3)]
    public void Changes_RandomCalls_StandbyEqualsActiveAndTakesOver(string options, int seed)
    {
        TestDirector active = Sip.Director(options);
        TestDirector standby = Sip.Director(options);
        standby.Core.SetTimersFrozen(true, standby.Now);
        active.Core.EnableChangeLog(true);
        Random random = new(seed);
        for (int i = 0; i < 3000; i++)
        {
            string client = $"192.0.2.{random.Next(11, 14)}:{random.Next(5060, 5090)}";
            string call = $"call-{random.Next(200)}";
            _ = random.Next(10) switch
            {
                0 => active.Answer(Sip.Message($"10.0.0.{random.Next(2, 5)}:5060", client, call)),
                1 => active.Answer(Wire.Udp(client, Sip.Vip, "no call")),
                _ => active.Answer(Sip.Message(client, Sip.Vip, call)),
            };
            active.Wait(random.Next(30) == 0 ? 60 : 0.01);
            Send(active, standby, random.Next(50));
        }

        Send(active, standby, int.MaxValue);
        Assert.NotEmpty(active.Connections());
        Assert.Equal(Shown(active), Shown(standby));
        Assert.Equal(active.Core.Connections.Calls.Count, standby.Core.Connections.Calls.Count);
        Assert.True(TableCheck.IsWhole(standby.Core));
        standby.Core.SetTimersFrozen(false, standby.Now);
        int port = 10_000; // Its own for each: a connection stays where it is.
        foreach (ConnectionRecord call in active.Connections().Where(c => c.CallId is not null && c.VirtualPort == 5060))
        {
            Assert.Equal($"{call.Server}:5060", Sip.Goes(standby, $"{call.Client}:{port++}", call.CallId, method: "BYE"));
        }

        standby.Wait(800);
        Assert.Equal((0, 0), (standby.Core.ConnectionCount, standby.Core.Connections.Calls.Count));
    }

    [Fact]
    public void Snapshot_ConnectionBeforeItsTemplate_HoldsItAtTheEnd()
    {
        TestDirector active = Sip.Director("-p 60 --pe sip");
        Sip.Goes(active, Client, "one");
        Sip.Goes(active, "192.0.2.11:5070", "two");
        ConnectionRecord[] records = [.. active.Connections().OrderBy(c => c.Kind)];
        Assert.Equal([CallDigest.Of("one"), CallDigest.Of("two")], records[..2].Select(c => c.Call));
        Assert.All(records[..2], c => Assert.Null(c.CallId));

        TestDirector standby = Sip.Director("-p 60 --pe sip");
        standby.Core.SetTimersFrozen(true, standby.Now);
        standby.Core.BeginRemoteSnapshot();
        foreach (ConnectionRecord record in records)
        {
            Assert.True(standby.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, record), standby.Now));
        }

        standby.Core.EndRemoteSnapshot();
        standby.Core.SetTimersFrozen(false, standby.Now);
        standby.Wait(200);
        Assert.Equal(["one", "two"], standby.Connections().Where(c => c.CallId is not null).Select(c => c.CallId!).Order(StringComparer.Ordinal)); // 60 s alone, held for 300.
        standby.Wait(300);
        Assert.Empty(standby.Connections());
    }

    [Fact]
    public void Snapshot_StaleCall_Gone()
    {
        TestDirector active = Sip.Director();
        TestDirector standby = Sip.Director();
        Sip.Goes(standby, Client, "stale");
        Sip.Goes(active, Client, "fresh");
        standby.Core.SetTimersFrozen(true, standby.Now);
        standby.Core.BeginRemoteSnapshot();
        Assert.True(standby.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, Assert.Single(active.Connections())), standby.Now));
        standby.Core.EndRemoteSnapshot();
        Assert.Equal(["fresh"], standby.Connections().Select(c => c.CallId));
    }

    [Fact]
    public void Deletion_NamesTheCallByItsDigest()
    {
        TestDirector active = Sip.Director("-p 1 --pe sip -o");
        Sip.Goes(active, Client, "short");
        Sip.Goes(active, Client, "other");
        active.Core.EnableChangeLog(true);
        active.Wait(2);
        ConnectionChange[] changes = new ConnectionChange[10];
        ConnectionChange[] deletions = changes[..active.Core.TakeChanges(changes, active.Now)];
        Assert.All(deletions, d => Assert.Equal((ConnectionChangeKind.Delete, ConnectionKind.Template, null), (d.Kind, d.Record.Kind, d.Record.CallId)));
        Assert.Equal(new[] { "other", "short" }.Select(c => CallDigest.Of(c)).ToHashSet(), deletions.Select(d => d.Record.Key.Call).ToHashSet());
    }

    private static void Send(TestDirector active, TestDirector standby, int most)
    {
        ConnectionChange[] changes = new ConnectionChange[Math.Min(most, 100_000)];
        int count = active.Core.TakeChanges(changes, active.Now);
        Assert.False(active.Core.ChangeLogOverflowed);
        standby.Now = active.Now;
        foreach (ConnectionChange change in changes[..count])
        {
            Assert.True(standby.Core.ApplyRemote(change, standby.Now));
        }
    }

    /// <summary>What a connection holds is left out: one whose template was set aside holds nothing on the standby, and needs nothing.</summary>
    private static string[] Shown(TestDirector director) =>
        [.. director.Connections().Select(c => $"{c.Kind} {c.Client}:{c.ClientPort} {c.Virtual}:{c.VirtualPort} {c.Server}:{c.ServerPort} {c.State} {c.Traits} {c.CallId}").Order(StringComparer.Ordinal)];
}
