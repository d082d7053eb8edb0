using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Helpers;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Guard;

/// <summary>A full table, whatever wants in: it takes the oldest half-open one's place, or is refused and counted where all are established.</summary>
public sealed class FullTableKindsTests
{
    private const string Vip = "192.0.2.100";
    private const string Web = "192.0.2.100:80";

    public static TheoryData<string, byte[]> Newcomers() => new()
    {
        { "TCP", Wire.Tcp("192.0.2.11:9", Web, "S") },
        { "UDP", Wire.Udp("192.0.2.11:9", "192.0.2.100:53", "q") },
        { "one-packet UDP", Wire.Udp("192.0.2.11:9", "192.0.2.100:54", "q") },
        { "SCTP", Wire.Sctp("192.0.2.11:9", "192.0.2.100:3868", Wire.Chunk(1)) },
        { "persistent TCP", Wire.Tcp("192.0.2.11:9", "192.0.2.100:443", "S") },
        { "masqueraded TCP", Wire.Tcp("10.0.0.9:9", "198.51.100.1:80", "S") },
        { "masqueraded UDP", Wire.Udp("10.0.0.9:9", "198.51.100.1:53", "q") },
        { "masqueraded echo", Wire.Echo("10.0.0.9", "198.51.100.1", 9) },
    };

    [Theory]
    [MemberData(nameof(Newcomers))]
    public void Newcomer_HalfOpenOnesInTheTable_TakesThePlaceOfTheOldest(string what, byte[] packet)
    {
        TestDirector director = Director(6);
        TcpTalk[] talks = Established(director, 3);
        foreach (int i in Enumerable.Range(201, 3))
        {
            director.Send(Wire.Tcp($"192.0.2.11:{i}", Web, "S"));
        }

        Assert.True(director.Send(packet) is not null, what);
        Assert.DoesNotContain(director.Connections(), c => c.ClientPort == 201);
        Assert.All(talks, t => Assert.NotNull(t.FromClient("PA", "still here")));
        Assert.InRange(director.Core.Counters.EvictedEmbryonic, 1, 2);
        Assert.True(TableCheck.IsWhole(director.Core));
    }

    [Theory]
    [MemberData(nameof(Newcomers))]
    public void Newcomer_AllEstablished_RefusedCountedAlarmed(string what, byte[] packet)
    {
        foreach (int free in new[] { 0, 1 })
        {
            bool refused = free == 0 || what == "persistent TCP"; // A template and a connection need two places.
            TestDirector director = Director(3 + free);
            TcpTalk[] talks = Established(director, 3);
            Assert.True(refused == director.Send(packet) is null, what);
            Assert.Equal(refused ? 1 : 0, director.Core.Counters.Dropped(DropReason.TableFull));
            Assert.Equal(refused, director.Core.Counters.TableFullSince != 0);
            Assert.Equal(refused ? 3 : 4, director.Core.ConnectionCount);
            Assert.All(talks, t => Assert.NotNull(t.FromClient("PA", "still here")));
        }
    }

    [Fact]
    public void MasqueradedHalfOpen_GivesWay_TheCompletedOneStays()
    {
        TestDirector director = Director(2);
        director.Send(Wire.Tcp("10.0.0.9:1", "198.51.100.1:80", "S"));
        director.Send(Wire.Tcp("198.51.100.1:80", $"{Vip}:1", "SA", seq: 1999, ack: 1001));
        director.Send(Wire.Tcp("10.0.0.9:1", "198.51.100.1:80", "A", seq: 1001, ack: 2000));
        director.Send(Wire.Tcp("10.0.0.9:2", "198.51.100.1:80", "S"));
        Assert.NotNull(director.Send(Wire.Tcp("192.0.2.11:3", Web, "S")));
        Assert.Equal([1, 3], director.Connections().Select(c => c.Kind == ConnectionKind.Masquerade ? (int)c.ServerPort : c.ClientPort).Order());
    }

    /// <summary>Forged clients of a persistent service leave no templates behind that nothing gives up.</summary>
    [Fact]
    public void Flood_OfAPersistentService_TemplatesGoWithTheirConnections()
    {
        TestDirector director = Director(100);
        TcpTalk[] talks = Established(director, 20);
        TcpTalk loyal = new TcpTalk(director, "192.0.2.11:9", service: "192.0.2.100:443", server: "10.0.0.2:443").Open();
        for (int i = 0; i < 5000; i++)
        {
            Assert.NotNull(director.Send(Wire.Tcp($"203.0.{i >> 8}.{i & 255}:{1000 + i}", "192.0.2.100:443", "S")));
        }

        Assert.InRange(director.Connections().Count(c => c.Kind == ConnectionKind.Template), 2, 41);
        Assert.Contains(director.Connections(), c => c.Kind == ConnectionKind.Template && c.State == ConnectionState.Assured);
        Assert.NotNull(loyal.FromClient("PA", "still here"));
        Assert.All(talks, t => Assert.NotNull(t.FromClient("PA", "still here")));
        Assert.Equal(0, director.Core.Counters.Dropped(DropReason.TableFull));
        director.Core.Tick(director.Now);
        Assert.NotEqual(0, director.Core.Counters.TableFullSince);
        Assert.True(TableCheck.IsWhole(director.Core));
    }

    /// <summary>The half-open connection that gives way holds the very template that the new one is about to hold.</summary>
    [Fact]
    public void Newcomer_OldestHoldsItsTemplate_TemplateStays()
    {
        TestDirector director = Director(3);
        Established(director, 1);
        director.Send(Wire.Tcp("192.0.2.11:8", "192.0.2.100:443", "S"));
        Assert.NotNull(director.Send(Wire.Tcp("192.0.2.11:9", "192.0.2.100:443", "S")));
        Assert.Equal(1, director.Connections().Count(c => c.Kind == ConnectionKind.Template));
        Assert.Contains(director.Connections(), c => c.ClientPort == 9);
        Assert.True(TableCheck.IsWhole(director.Core));
    }

    [Fact]
    public void ExpectedDataConnection_AllEstablished_RefusedCounted()
    {
        TestDirector director = Director(3);
        Established(director, 2);
        FtpConversation ftp = new(director, "192.0.2.11:9", "192.0.2.100:21", "10.0.0.2:21");
        ftp.ClientSays("PORT 192,0,2,11,200,10\r\n");
        Assert.Equal(1, director.Core.Counters.Dropped(DropReason.TableFull));
        Assert.NotEqual(0, director.Core.Counters.TableFullSince);
        Assert.Equal("200 ok\r\n", ftp.ServerSays("200 ok\r\n"));
    }

    [Fact]
    public void ProxyHandshake_FullTable_GivesWayAndComesBackWithItsCookie()
    {
        TestDirector director = Director(2, SynProxyMode.Always);
        Segment first = Segment.Of(director.Send(Wire.Tcp("192.0.2.11:1", Web, "S", seq: 100)));
        byte[] ack = Wire.Tcp("192.0.2.11:1", Web, "A", seq: 101, ack: first.Sequence + 1);
        Assert.Equal("192.0.2.11:1 > 10.0.0.2:80 S", director.Answer(ack));
        foreach (int port in new[] { 2, 3 })
        {
            Segment cookie = Segment.Of(director.Send(Wire.Tcp($"192.0.2.11:{port}", Web, "S", seq: 100)));
            Assert.NotNull(director.Send(Wire.Tcp($"192.0.2.11:{port}", Web, "A", seq: 101, ack: cookie.Sequence + 1)));
        }

        Assert.DoesNotContain(director.Connections(), c => c.ClientPort == 1);
        Assert.Equal("192.0.2.11:1 > 10.0.0.2:80 S", director.Answer(ack));
        Assert.Equal(2, director.Core.Counters.EvictedEmbryonic);
    }

    [Fact]
    public void Alarm_ShortEpisode_StaysForASecond()
    {
        TestDirector director = Director(100);
        Established(director, 100);
        director.Send(Wire.Tcp("192.0.2.11:9", Web, "S"));
        long since = director.Core.Counters.TableFullSince;
        Assert.Equal(director.Now, since);
        Assert.True(director.Core.ServerLost(new ServiceKey(TransportProtocol.Tcp, Ip.Parse(Vip), 80), Ip.Parse("10.0.0.2"), 80, director.Now));
        director.Wait(0.5);
        Assert.Equal(since, director.Core.Counters.TableFullSince);
        director.Wait(12);
        Assert.Equal((0L, 0), (director.Core.Counters.TableFullSince, director.Core.ConnectionCount));
    }

    private static TcpTalk[] Established(TestDirector director, int count) =>
        [.. Enumerable.Range(101, count).Select(i => new TcpTalk(director, $"192.0.2.11:{i}").Open())];

    private static TestDirector Director(int capacity, SynProxyMode proxy = SynProxyMode.Off)
    {
        TestDirector director = new(o => o with
        {
            Capacity = capacity,
            SynProxy = new() { Mode = proxy },
            Masquerade = true,
            Inside = (Ip.Parse("10.0.0.0"), 24),
        });
        foreach (string command in new[]
        {
            $"-A -t {Web} -s rr", $"-a -t {Web} -r 10.0.0.2:80 -m", $"-A -u {Vip}:53 -s rr", $"-a -u {Vip}:53 -r 10.0.0.2:53 -m",
            $"-A -u {Vip}:54 -s rr -o", $"-a -u {Vip}:54 -r 10.0.0.2:54 -m",
            $"-A --sctp-service {Vip}:3868 -s rr", $"-a --sctp-service {Vip}:3868 -r 10.0.0.2:3868 -m",
            $"-A -t {Vip}:443 -s rr -p 360", $"-a -t {Vip}:443 -r 10.0.0.2:443 -m", $"-A -t {Vip}:21 -s rr", $"-a -t {Vip}:21 -r 10.0.0.2:21 -m",
        })
        {
            Assert.Equal(ServiceOutcome.Done, IpvsadmCommands.Run(director, command));
        }

        return director;
    }
}
