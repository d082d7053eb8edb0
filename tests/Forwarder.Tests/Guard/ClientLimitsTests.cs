using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Guard;

public sealed class ClientLimitsTests
{
    private const string Web = "192.0.2.100:80";

    [Fact]
    public void Concurrent_AtTheLimit_RefusedUntilOneEnds()
    {
        TestDirector director = Director(new() { ConcurrentConnections = 3 });
        Assert.Equal(3, Opened(director, 5));
        Assert.Equal(2, director.Core.Counters.Dropped(DropReason.ClientConnections));
        Assert.NotNull(director.Send(Wire.Tcp("192.0.2.12:1", Web, "S")));
        director.Wait(61);
        Assert.Equal(3, Opened(director, 5));
    }

    [Fact]
    public void Rate_SecondsWorthAtOnce_ThenAsTimePasses()
    {
        TestDirector director = Director(new() { NewConnectionsPerSecond = 10 });
        Assert.Equal(10, Opened(director, 15));
        Assert.Equal(5, director.Core.Counters.Dropped(DropReason.ClientRate));
        director.Wait(0.5);
        Assert.Equal(5, Opened(director, 15, 100));
        director.Wait(100);
        Assert.Equal(10, Opened(director, 15, 200));
    }

    [Fact]
    public void Ask_V6ClientsOfOnePrefix_OneClient()
    {
        ClientLimits limits = new(7);
        limits.Configure(new() { NewConnectionsPerSecond = 1 });
        Assert.Equal(DropReason.None, limits.Ask(Ip.Parse("2001:db8:1:2::1"), 1000));
        Assert.Equal(DropReason.ClientRate, limits.Ask(Ip.Parse("2001:db8:1:2:3:4:5:6"), 1000));
        Assert.Equal(DropReason.None, limits.Ask(Ip.Parse("2001:db8:1:3::1"), 1000));
    }

    [Fact]
    public void Concurrent_HundredThousandOtherClients_CountStaysClose()
    {
        ClientLimits limits = new(7);
        limits.Configure(new() { ConcurrentConnections = 100 });
        for (uint i = 0; i < 100_000; i++)
        {
            HaLvs.Forwarder.Connections.Flow flow = new() { Client = Ip.FromV4(0x0b00_0000 + (i * 2_654_435)) };
            limits.Opened(ref flow);
        }

        Assert.InRange(limits.Concurrent(Ip.Parse("192.0.2.11")), 0, 5);
    }

    private static TestDirector Director(ClientLimitOptions limits) =>
        new TestDirector(o => o with { ClientLimits = limits }).Service($"{Web}/tcp", "rr", "10.0.0.2:80");

    private static int Opened(TestDirector director, int tries, int from = 0) =>
        Enumerable.Range(0, tries).Count(i => director.Send(Wire.Tcp($"192.0.2.11:{1000 + from + i}", Web, "S")) is not null);
}
