using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests;

/// <summary>What the standby hears makes its table equal to the active's, whatever happens and whenever it is heard.</summary>
public sealed class ForwardingCoreSyncTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void ChangeLog_RandomTraffic_StandbyEqualsActive(int seed)
    {
        TestDirector active = RandomTraffic.NewDirector(4096);
        TestDirector standby = RandomTraffic.NewDirector(4096);
        active.Core.EnableChangeLog(true);
        standby.Core.SetTimersFrozen(true, standby.Now);
        RandomTraffic traffic = new(seed);
        Random random = new(seed);
        for (int i = 0; i < 20_000; i++)
        {
            active.Send(traffic.Next());
            active.Now += random.Next(60);
            if (random.Next(300) == 0)
            {
                active.Core.Tick(active.Now);
                Drain(active, standby, random.Next(1, 50));
                AssertEqual(active, standby);
            }
        }

        Assert.True(active.Core.Counters.ExpiredConnections > 50, "The traffic never let a connection end.");
        Assert.True(TableCheck.IsWhole(standby.Core));
    }

    [Fact]
    public void Snapshot_TableWithStaleFlows_BecomesEqual()
    {
        TestDirector active = RandomTraffic.NewDirector(4096);
        TestDirector standby = RandomTraffic.NewDirector(4096);
        RandomTraffic old = new(7);
        RandomTraffic traffic = new(8);
        for (int i = 0; i < 3000; i++)
        {
            standby.Send(old.Next());
            active.Send(traffic.Next());
        }

        standby.Core.SetTimersFrozen(true, standby.Now);
        standby.Core.BeginRemoteSnapshot();
        foreach (ConnectionRecord record in active.Connections())
        {
            Assert.True(standby.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, record), standby.Now));
        }

        Assert.True(standby.Core.EndRemoteSnapshot() > 0);
        AssertEqual(active, standby);
    }

    [Fact]
    public void ApplyRemote_ServiceNotConfigured_KeptAndBoundWhenItIs()
    {
        TestDirector active = RandomTraffic.NewDirector(64);
        active.Send(Wire.Tcp("198.51.100.1:2000", "192.0.2.100:80", "S"));
        ConnectionRecord record = Assert.Single(active.Connections());
        TestDirector standby = new();
        Assert.True(standby.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, record), standby.Now));
        Assert.Equal(record with { RemainingMilliseconds = 0 }, Assert.Single(standby.Connections()) with { RemainingMilliseconds = 0 });

        standby.Service("192.0.2.100:80/tcp", "rr", $"{record.Server}:{record.ServerPort}");
        Assert.Equal(1, Assert.Single(standby.Servers("192.0.2.100:80/tcp")).ActiveConnections);
        Assert.EndsWith($"> {record.Server}:{record.ServerPort} A", standby.Answer(Wire.Tcp("198.51.100.1:2000", "192.0.2.100:80", "A")), StringComparison.Ordinal);
    }

    [Fact]
    public void ApplyRemote_TableFull_FalseAndCounted()
    {
        TestDirector active = RandomTraffic.NewDirector(64);
        active.Send(Wire.Tcp("198.51.100.1:2000", "192.0.2.100:80", "S"));
        active.Send(Wire.Tcp("198.51.100.1:2001", "192.0.2.100:80", "S"));
        TestDirector standby = RandomTraffic.NewDirector(1);
        bool[] applied = [.. active.Connections().Select(r => standby.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, r), standby.Now))];
        Assert.Equal([true, false], applied);
        Assert.Equal(1, standby.Core.Counters.Dropped(DropReason.TableFull));
    }

    [Fact]
    public void ChangeLog_DeletedAndOpenedAgain_DeleteComesFirst()
    {
        TestDirector active = RandomTraffic.NewDirector(64);
        active.Core.EnableChangeLog(true);
        active.Send(Wire.Tcp("198.51.100.1:2000", "192.0.2.100:80", "S"));
        Take(active);
        active.Send(Wire.Tcp("198.51.100.1:2000", "192.0.2.100:80", "A"));
        active.Send(Wire.Tcp("198.51.100.1:2000", "192.0.2.100:80", "RA"));
        active.Send(Wire.Tcp("198.51.100.1:2000", "192.0.2.100:80", "S"));
        ConnectionChange[] changes = Take(active);
        Assert.Equal([ConnectionChangeKind.Delete, ConnectionChangeKind.Upsert], changes.Select(c => c.Kind));
        Assert.Equal(changes[0].Record.Key, changes[1].Record.Key);
        Assert.Equal(ConnectionState.SynRecv, changes[1].Record.State);
    }

    [Fact]
    public void ChangeLog_PacketsWithoutStateChange_NothingLogged()
    {
        TestDirector active = RandomTraffic.NewDirector(64);
        active.Core.EnableChangeLog(true);
        active.Send(Wire.Tcp("198.51.100.1:2000", "192.0.2.100:80", "S"));
        active.Send(Wire.Tcp("198.51.100.1:2000", "192.0.2.100:80", "A"));
        Assert.Equal(ConnectionState.Established, Assert.Single(Take(active)).Record.State);
        active.Send(Wire.Tcp("198.51.100.1:2000", "192.0.2.100:80", "PA", "data"));
        Assert.False(active.Core.HasChanges);
    }

    [Fact]
    public void ChangeLog_NobodyTakes_OverflowsAndSaysSo()
    {
        TestDirector active = RandomTraffic.NewDirector(100_000);
        active.Core.EnableChangeLog(true);
        for (int i = 0; i < 300_000 && !active.Core.ChangeLogOverflowed; i++)
        {
            string client = $"198.{51 + (i / 50_000)}.100.1:{1000 + (i % 50_000)}";
            active.Send(Wire.Tcp(client, "192.0.2.100:80", "S"));
            active.Send(Wire.Tcp(client, "192.0.2.100:80", "FA"));
            active.Now += 10;
            active.Core.Tick(active.Now);
        }

        Assert.True(active.Core.ChangeLogOverflowed);
        Assert.False(active.Core.HasChanges);
        active.Core.EnableChangeLog(true);
        Assert.False(active.Core.ChangeLogOverflowed);
        active.Send(Wire.Tcp("198.51.100.1:999", "192.0.2.100:80", "S"));
        Assert.Equal(ConnectionChangeKind.Upsert, Take(active).Last().Kind);
    }

    [Fact]
    public void SetTimersFrozen_ThawedAfterHours_FullTimeoutFromThen()
    {
        TestDirector standby = RandomTraffic.NewDirector(64);
        standby.Send(Wire.Tcp("198.51.100.1:2000", "192.0.2.100:80", "S"));
        standby.Core.SetTimersFrozen(true, standby.Now);
        standby.Wait(5000);
        Assert.Equal(1, standby.Core.ConnectionCount);
        standby.Core.SetTimersFrozen(false, standby.Now);
        Assert.Equal(60_000u, Assert.Single(standby.Connections()).RemainingMilliseconds);
        standby.Wait(59.9);
        Assert.Equal(1, standby.Core.ConnectionCount);
        standby.Wait(0.4);
        Assert.Equal(0, standby.Core.ConnectionCount);
    }

    [Fact]
    public void ApplyRemote_AnsweredDatagramFlow_SparedAfterATakeover()
    {
        TestDirector active = RandomTraffic.NewDirector(64).Service("192.0.2.100:53/udp", "rr", "10.0.0.2:53");
        active.Core.EnableChangeLog(true);
        active.Send(Wire.Udp("198.51.100.1:2000", "192.0.2.100:53"));
        ConnectionChange opened = Assert.Single(Take(active));
        active.Send(Wire.Udp("10.0.0.2:53", "198.51.100.1:2000"));
        ConnectionChange answered = Assert.Single(Take(active));
        active.Send(Wire.Udp("10.0.0.2:53", "198.51.100.1:2000"));
        Assert.False(active.Core.HasChanges);
        Assert.Equal(opened.Record.Traits | ConnectionTraits.Answered, answered.Record.Traits);

        foreach (ConnectionChange[] heard in new[] { new[] { answered }, [opened, answered], [answered, opened] })
        {
            TestDirector standby = RandomTraffic.NewDirector(1).Service("192.0.2.100:53/udp", "rr", "10.0.0.2:53");
            Assert.All(heard, c => Assert.True(standby.Core.ApplyRemote(c, standby.Now)));
            bool isSpared = standby.Send(Wire.Udp("198.51.100.1:2001", "192.0.2.100:53")) is null;
            Assert.Equal(heard[^1] == answered, isSpared);
        }
    }

    [Fact]
    public void ApplyRemote_UnderAnotherService_BoundAnew()
    {
        TestDirector standby = new TestDirector().Service("192.0.2.100:80/tcp", "rr", "10.0.0.2:80");
        TestDirector active = new TestDirector().Service("192.0.2.100:80/tcp", "rr", "10.0.0.2:80");
        active.Send(Wire.Tcp("198.51.100.1:2000", "192.0.2.100:80", "S"));
        ConnectionRecord record = Assert.Single(active.Connections());
        foreach (ConnectionRecord heard in new[] { record, record with { Mark = 7, ServicePort = 0 }, record with { ServicePort = 0 }, record })
        {
            Assert.True(standby.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, heard), standby.Now));
            Assert.Equal(heard with { RemainingMilliseconds = 0 }, Assert.Single(standby.Connections()) with { RemainingMilliseconds = 0 });
            ServerSnapshot server = Assert.Single(standby.Servers("192.0.2.100:80/tcp"));
            Assert.Equal(heard == record ? 1 : 0, server.ActiveConnections + server.InactiveConnections);
        }

        Assert.Equal(1, standby.Core.Servers.Count);
    }

    private static ConnectionChange[] Take(TestDirector director)
    {
        ConnectionChange[] changes = new ConnectionChange[1000];
        return changes[..director.Core.TakeChanges(changes, director.Now)];
    }

    private static void Drain(TestDirector active, TestDirector standby, int batch)
    {
        Assert.False(active.Core.ChangeLogOverflowed);
        ConnectionChange[] changes = new ConnectionChange[batch];
        int count;
        while ((count = active.Core.TakeChanges(changes, active.Now)) > 0)
        {
            Assert.All(changes[..count], c => Assert.True(standby.Core.ApplyRemote(c, standby.Now)));
        }
    }

    private static void AssertEqual(TestDirector active, TestDirector standby)
    {
        Assert.Equal(Rows(active), Rows(standby));
        Assert.Equal(Counts(active), Counts(standby));
    }

    private static string[] Rows(TestDirector director) =>
        [.. director.Connections().Select(c => (c with { RemainingMilliseconds = 0 }).ToString()).Order(StringComparer.Ordinal)];

    private static (string, int, int)[] Counts(TestDirector director) =>
        [.. director.Core.SnapshotServices().SelectMany(s => s.Servers.Select(r => (r.Address.WithPort(r.Port), r.ActiveConnections, r.InactiveConnections)))];
}
