using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Services;

public sealed class ServerRetirementTests
{
    [Fact]
    public void Work_ServerWithManyFlowsIsGone_SoManyFlowsPerCall()
    {
        TestDirector director = new TestDirector(o => o with { Ipvs = new() { ExpireNoDestConn = true } }).Service("192.0.2.100:53/udp", "rr", "10.0.0.2:53");
        for (int i = 0; i < 2000; i++)
        {
            director.Send(Wire.Udp($"192.0.2.11:{1000 + i}", "192.0.2.100:53"));
        }

        director.Core.DeleteServer(new ServiceKey(TransportProtocol.Udp, Ip.Parse("192.0.2.100"), 53), Ip.Parse("10.0.0.2"), 53, director.Now);
        int calls = 0;
        int before;
        bool more;
        do
        {
            before = director.Core.ConnectionCount;
            more = director.Core.Work(director.Now);
            Assert.InRange(before - director.Core.ConnectionCount, 0, ServerRetirement.RemovalsPerCall);
        }
        while (more && ++calls < 100);
        Assert.Equal((0, 7), (director.Core.ConnectionCount, calls));
    }
    /// <summary>The kernel's flush stops where no service is left; a restore that begins with -C must cost nobody a connection.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public void Work_WholeServiceDeleted_FlowsEndUnlessItWasTheLast(bool anotherStays, int left)
    {
        TestDirector director = new TestDirector(o => o with { Ipvs = new() { ExpireNoDestConn = true } }).Service("192.0.2.100:53/udp", "rr", "10.0.0.2:53");
        if (anotherStays)
        {
            director.Service("192.0.2.100:80/tcp", "rr", "10.0.0.2:80");
        }

        director.Send(Wire.Udp("192.0.2.11:1000", "192.0.2.100:53"));
        director.Core.DeleteService(new ServiceKey(TransportProtocol.Udp, Ip.Parse("192.0.2.100"), 53), director.Now);
        director.Wait(0.2);
        Assert.Equal(left, director.Core.ConnectionCount);
    }

    [Fact]
    public void Work_TableClearedAndMadeAgain_NoFlowEnds()
    {
        TestDirector director = new TestDirector(o => o with { Ipvs = new() { ExpireNoDestConn = true } })
            .Service("192.0.2.100:53/udp", "rr", "10.0.0.2:53").Service("192.0.2.100:80/tcp", "rr", "10.0.0.2:80");
        director.Send(Wire.Udp("192.0.2.11:1000", "192.0.2.100:53"));
        director.Core.ClearServices(director.Now);
        director.Wait(0.2);
        director.Service("192.0.2.100:80/tcp", "rr", "10.0.0.2:80").Service("192.0.2.100:53/udp", "rr", "10.0.0.2:53");
        Assert.Equal("192.0.2.11:1000 > 10.0.0.2:53 UDP", director.Answer(Wire.Udp("192.0.2.11:1000", "192.0.2.100:53"))?[..33]);
        Assert.Equal(1, director.Core.ConnectionCount);
    }
}
