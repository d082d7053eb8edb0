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
}
