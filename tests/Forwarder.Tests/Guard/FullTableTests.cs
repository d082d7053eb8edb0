using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Guard;

/// <summary>A full table: the oldest half-open flow gives way, then the oldest datagram that nobody answered, an established one never.</summary>
public sealed class FullTableTests
{
    private const string Web = "192.0.2.100:80";

    [Fact]
    public void Open_TableFull_OldestHalfOpenGivesWay()
    {
        TestDirector director = Director(3);
        new TcpTalk(director, "192.0.2.11:1").Open();
        director.Send(Wire.Tcp("192.0.2.11:2", Web, "S"));
        director.Send(Wire.Tcp("192.0.2.11:3", Web, "S"));
        Assert.NotNull(director.Send(Wire.Tcp("192.0.2.11:4", Web, "S")));
        Assert.Equal([1, 3, 4], director.Connections().Select(c => (int)c.ClientPort).Order());
        Assert.Equal(1, director.Core.Counters.EvictedEmbryonic);
    }

    [Fact]
    public void Open_NoHalfOpenLeft_OldestUnansweredDatagramGivesWay()
    {
        TestDirector director = Director(3).Service("192.0.2.100:53/udp", "rr", "10.0.0.2:53");
        director.Send(Wire.Udp("192.0.2.11:1", "192.0.2.100:53"));
        director.Send(Wire.Udp("10.0.0.2:53", "192.0.2.11:1"));
        director.Send(Wire.Udp("192.0.2.11:2", "192.0.2.100:53"));
        director.Send(Wire.Udp("192.0.2.11:2", "192.0.2.100:53"));
        director.Send(Wire.Udp("192.0.2.11:3", "192.0.2.100:53"));
        Assert.NotNull(director.Send(Wire.Tcp("192.0.2.11:4", Web, "S")));
        Assert.Equal([1, 2, 4], director.Connections().Select(c => (int)c.ClientPort).Order());
    }

    [Fact]
    public void Open_HalfOpenAssociation_GivesWayEstablishedOneStays()
    {
        TestDirector director = Director(2).Service("192.0.2.100:3868/sctp", "rr", "10.0.0.2:3868");
        byte[][] talk = [Wire.Chunk(1), Wire.Chunk(10), Wire.Chunk(11)];
        director.Send(Wire.Sctp("192.0.2.11:1", "192.0.2.100:3868", talk[0]));
        director.Send(Wire.Sctp("10.0.0.2:3868", "192.0.2.11:1", talk[1]));
        director.Send(Wire.Sctp("10.0.0.2:3868", "192.0.2.11:1", talk[2]));
        director.Send(Wire.Sctp("192.0.2.11:2", "192.0.2.100:3868", talk[0]));
        Assert.NotNull(director.Send(Wire.Tcp("192.0.2.11:3", Web, "S")));
        Assert.Equal([1, 3], director.Connections().Select(c => (int)c.ClientPort).Order());
        Assert.True(TableCheck.IsWhole(director.Core));
    }

    [Fact]
    public void Alarm_FullThenFreed_RaisedAndCleared()
    {
        TestDirector director = Director(2);
        new TcpTalk(director, "192.0.2.11:1").Open();
        new TcpTalk(director, "192.0.2.11:2").Open();
        Assert.Equal(0, director.Core.Counters.TableFullSince);
        director.Core.Tick(director.Now);
        Assert.Equal(director.Now, director.Core.Counters.TableFullSince);
        Assert.Null(director.Send(Wire.Tcp("192.0.2.11:3", Web, "S")));
        director.Wait(901);
        Assert.Equal(0, director.Core.Counters.TableFullSince);
    }

    [Fact]
    public void Flood_ManyTimesTheTable_EstablishedUnharmedTableWhole()
    {
        TestDirector director = Director(1000);
        TcpTalk[] talks = [.. Enumerable.Range(1001, 500).Select(i => new TcpTalk(director, $"192.0.2.11:{i}").Open())];
        for (int i = 0; i < 20_000; i++)
        {
            director.Send(Wire.Tcp($"203.0.{i >> 8}.{i & 255}:{1000 + (i % 7)}", Web, "S"));
        }

        Assert.All(talks, t => Assert.NotNull(t.FromClient("PA", "still here")));
        Assert.Equal(500, director.Connections().Count(c => c.State == ConnectionState.Established));
        Assert.Equal(19_500, director.Core.Counters.EvictedEmbryonic);
        Assert.True(TableCheck.IsWhole(director.Core));
        director.Wait(1000);
        Assert.Equal(0, director.Core.ConnectionCount);
        Assert.Equal(0, director.Core.Connections.Embryonic.HalfOpen);
    }

    private static TestDirector Director(int capacity) =>
        new TestDirector(o => o with { Capacity = capacity, SynProxy = new() { Mode = HaLvs.Forwarder.Guard.SynProxyMode.Off } }).Service($"{Web}/tcp", "rr", "10.0.0.2:80");
}
