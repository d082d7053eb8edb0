using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests;

/// <summary>The service table changed one by one: outcomes of the kernel and of ipvsadm, and what stays through a change.</summary>
public sealed class ForwardingCoreServicesTests
{
    private static readonly ServiceKey Web = new(TransportProtocol.Tcp, Ip.Parse(TestDirector.Vip), 80);
    private static readonly Ip First = Ip.Parse("10.0.0.2");
    private static readonly Ip Second = Ip.Parse("10.0.0.3");

    [Fact]
    public void AddService_Twice_ServiceExists()
    {
        ForwardingCore core = new TestDirector().Core;
        Assert.Equal(ServiceOutcome.Done, core.AddService(Service()));
        Assert.Equal(ServiceOutcome.ServiceExists, core.AddService(Service()));
    }

    [Fact]
    public void AddService_AgainstTheRules_OutcomeOfKernel()
    {
        ForwardingCore core = new TestDirector().Core;
        PersistenceConfig persistence = new(TimeSpan.FromSeconds(60), uint.MaxValue);
        Assert.Equal(ServiceOutcome.UnknownScheduler, core.AddService(Service() with { Scheduler = "xyz" }));
        Assert.Equal(ServiceOutcome.UnknownScheduler, core.AddService(Service() with { Persistence = persistence with { Engine = "xyz" } }));
        Assert.Equal(ServiceOutcome.Invalid, core.AddService(Service() with { Port = 0 }));
        Assert.Equal(ServiceOutcome.Invalid, core.AddService(Service() with { OnePacket = true }));
        Assert.Equal(ServiceOutcome.Invalid, core.AddService(Service() with { Protocol = TransportProtocol.Icmp }));
        Assert.Equal(ServiceOutcome.Invalid, core.AddService(Service() with { Address = Ip.Parse("2001:db8::1"), Persistence = persistence with { Netmask = 129 } }));
        Assert.Equal(ServiceOutcome.OutOfRange, core.AddService(Service() with { Persistence = persistence with { Timeout = TimeSpan.Zero } }));
        Assert.Empty(core.SnapshotServices());

        Assert.Equal(ServiceOutcome.Done, core.AddService(Service() with { Port = 0, Persistence = persistence }));
        Assert.Equal(ServiceOutcome.Done, core.AddService(Service() with { Protocol = TransportProtocol.Udp, OnePacket = true }));
        Assert.Equal(ServiceOutcome.Done, core.AddService(Service() with { Mark = 7, OnePacket = true, Scheduler = "none" }));
    }

    [Fact]
    public void AddService_Mark_OneForEachFamilyWhateverElseIsSaid()
    {
        ForwardingCore core = new TestDirector().Core;
        Assert.Equal(ServiceOutcome.Done, core.AddService(Service() with { Mark = 7 }));
        Assert.Equal(ServiceOutcome.ServiceExists, core.AddService(Service() with { Mark = 7, Port = 443 }));
        Assert.Equal(ServiceOutcome.Done, core.AddService(Service() with { Mark = 7, Address = Ip.Parse("2001:db8::1") }));
        Assert.Equal([ServiceKey.OfMark(7, v6: false), ServiceKey.OfMark(7, v6: true)], core.SnapshotServices().Select(s => s.Key));
    }

    [Fact]
    public void ServerChanges_AgainstTheRules_OutcomeOfKernel()
    {
        ForwardingCore core = new TestDirector().Core;
        RealServerConfig server = new(First, 80, 1);
        Assert.Equal(ServiceOutcome.NoSuchService, core.AddServer(Web, server));
        Assert.Equal(ServiceOutcome.NoSuchService, core.EditServer(Web, server));
        Assert.Equal(ServiceOutcome.NoSuchService, core.DeleteServer(Web, First, 80, 0));
        core.AddService(Service());
        Assert.Equal(ServiceOutcome.NoSuchServer, core.EditServer(Web, server));
        Assert.Equal(ServiceOutcome.NoSuchServer, core.DeleteServer(Web, First, 80, 0));
        Assert.Equal(ServiceOutcome.OutOfRange, core.AddServer(Web, server with { Weight = -1 }));
        Assert.Equal(ServiceOutcome.Done, core.AddServer(Web, server with { Port = 81, Weight = 65_536 }));
        Assert.Equal(ServiceOutcome.Done, core.DeleteServer(Web, First, 81, 0));
        Assert.Equal(ServiceOutcome.OutOfRange, core.AddServer(Web, server with { UpperThreshold = 2, LowerThreshold = 3 }));
        Assert.Equal(ServiceOutcome.Invalid, core.AddServer(Web, server with { Address = Ip.Parse("224.0.0.1") }));
        Assert.Equal(ServiceOutcome.Invalid, core.AddServer(Web, server with { Address = Ip.Parse("2001:db8::2") }));
        Assert.Equal(ServiceOutcome.Done, core.AddServer(Web, server));
        Assert.Equal(ServiceOutcome.ServerExists, core.AddServer(Web, server with { Weight = 5 }));
        Assert.Equal(ServiceOutcome.OutOfRange, core.EditServer(Web, server with { LowerThreshold = 1 }));
        Assert.Equal(ServiceOutcome.Done, core.EditServer(Web, server with { UpperThreshold = 9, LowerThreshold = 1 }));
        Assert.Equal((9u, 1u), Assert.Single(core.SnapshotServices()[0].Servers.Select(s => (s.UpperThreshold, s.LowerThreshold))));
        Assert.Equal(ServiceOutcome.Done, core.DeleteServer(Web, First, 80, 0));
    }

    [Fact]
    public void Outcomes_MissingServices_NoSuchService()
    {
        ForwardingCore core = new TestDirector().Core;
        Assert.Equal(ServiceOutcome.NoSuchService, core.EditService(Service()));
        Assert.Equal(ServiceOutcome.NoSuchService, core.DeleteService(Web, 0));
        Assert.Equal(ServiceOutcome.NoSuchService, core.ZeroCounters(Web));
        Assert.Equal(ServiceOutcome.Done, core.ZeroCounters(null));
    }

    [Fact]
    public void ExportServices_AppliedElsewhere_SameTableInSameOrder()
    {
        ForwardingCore core = new TestDirector().Core;
        core.AddService(Service() with { Scheduler = "wrr", Persistence = new(TimeSpan.FromSeconds(60), 0xffffff00), Options = SchedulerOptions.Port });
        core.AddServer(Web, new RealServerConfig(First, 80, 3) { UpperThreshold = 8, LowerThreshold = 2 });
        core.AddServer(Web, new RealServerConfig(Second, 80, 1) { Method = ForwardingMethod.Route });
        core.AddService(Service() with { Mark = 7 });
        ForwardingCore other = new TestDirector().Core;
        other.ApplyServices(core.ExportServices());
        Assert.Equal([Second, First], other.SnapshotServices()[0].Servers.Select(s => s.Address));
        Assert.Equal(Text(core), Text(other));
        other.ApplyServices(other.ExportServices());
        Assert.Equal(Text(core), Text(other));
        core.ClearServices(0);
        Assert.Empty(core.ExportServices());
    }

    [Fact]
    public void Counters_ServerLeaves_ServiceKeepsItsTotalsUntilZeroed()
    {
        TestDirector director = new TestDirector().Service("192.0.2.100:80/tcp", "rr", "10.0.0.2:80");
        director.Send(Wire.Tcp("192.0.2.11:40001", "192.0.2.100:80", "S"));
        director.Send(Wire.Tcp("10.0.0.2:80", "192.0.2.11:40001", "SA"));
        director.Core.DeleteServer(Web, First, 80, director.Now);
        director.Send(Wire.Tcp("10.0.0.2:80", "192.0.2.11:40001", "A"));
        ServiceSnapshot service = Assert.Single(director.Core.SnapshotServices());
        Assert.Equal((1, 1, 1, 40, 40), (service.Connections, service.InPackets, service.OutPackets, service.InBytes, service.OutBytes));

        director.Core.AddServer(Web, new RealServerConfig(First, 80, 1));
        Assert.Equal(1, director.Servers("192.0.2.100:80/tcp")[0].Connections);
        director.Core.ZeroCounters(Web);
        service = Assert.Single(director.Core.SnapshotServices());
        Assert.Equal((0, 0, 1), (service.Connections, service.Servers[0].Connections, service.Servers[0].ActiveConnections));
    }

    [Fact]
    public void Process_ServerOfAnotherMethod_ListedButNeverPicked()
    {
        TestDirector director = new();
        director.Core.AddService(Service());
        director.Core.AddServer(Web, new RealServerConfig(First, 80, 5) { Method = ForwardingMethod.Tunnel });
        Assert.Equal("192.0.2.100 > 192.0.2.11 ICMP 3/3", director.Answer(Wire.Tcp("192.0.2.11:40001", "192.0.2.100:80", "S")));
        Assert.Equal((5, ForwardingMethod.Tunnel), Assert.Single(director.Servers("192.0.2.100:80/tcp").Select(s => (s.Weight, s.Method))));
    }

    private static VirtualServiceConfig Service() => new(Web.Protocol, Web.Address, Web.Port, "rr", []);

    private static string[] Text(ForwardingCore core) =>
        [.. core.ExportServices().SelectMany(s => s.Servers.Select(r => r.ToString()).Prepend((s with { Servers = [] }).ToString()))];
}
