using HaLvs.Director.Commands;
using HaLvs.Director.Configuration;
using HaLvs.Director.Loops;
using HaLvs.Director.Reports;
using HaLvs.Director.Runtime;
using HaLvs.Director.Sync.V1;
using HaLvs.Director.Tests.Configuration;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using ServiceChange = HaLvs.Director.Runtime.ServiceChange;

namespace HaLvs.Director.Tests.Runtime;

/// <summary>Run-time changes over restarts, reloads and the standby. The file: 192.0.2.100:80/tcp with 10.0.0.3 (weight 1) and 10.0.0.2 (weight 2), and FTP.</summary>
public sealed class RuntimeServicesTests : IDisposable
{
    private static readonly ServiceKey Web = new(TransportProtocol.Tcp, Ip.Parse("192.0.2.100"), 80);
    private static readonly DirectorModel File = Example.Model(Example.Text);
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _peerFolder = new();
    private readonly EventLog _events = new(TimeProvider.System);

    public void Dispose()
    {
        _folder.Dispose();
        _peerFolder.Dispose();
        _events.Dispose();
    }

    [Fact]
    public async Task Change_ThenRestart_StaysAndShowsAsDrift()
    {
        RuntimeServices before = Start(_folder);
        Assert.Empty(before.DriftLines);
        await Quiesce(before, "10.0.0.3");
        RuntimeServices after = Start(_folder);
        Assert.Equal(0, Weight(after, "10.0.0.3"));
        string line = Assert.Single(after.DriftLines);
        Assert.Contains("server 10.0.0.3:80 weight 1 to 0", line, StringComparison.Ordinal);
        Assert.Contains("[alice, 20", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_WithDrift_RefusesUntilToldAndThenDoesWhatItWasTold()
    {
        RuntimeServices services = Start(_folder);
        await Quiesce(services, "10.0.0.3");
        DirectorModel next = File with { Services = [.. File.Services.Select(s => s.Key == Web ? s with { Servers = [.. s.Servers, new RealServerConfig(Ip.Parse("10.0.0.9"), 80, 7)] } : s)] };

        Assert.Contains("10.0.0.3:80 weight 1 to 0", services.Reload(next, DriftChoice.Refuse, "bob"), StringComparison.Ordinal);
        Assert.Null(Server(services, "10.0.0.9"));

        Assert.Null(services.Reload(next, DriftChoice.KeepRuntime, "bob"));
        Assert.Equal((0, 7), (Weight(services, "10.0.0.3"), Weight(services, "10.0.0.9")));

        Assert.Null(services.Reload(next, DriftChoice.UseFile, "bob"));
        Assert.Equal((1, 7), (Weight(services, "10.0.0.3"), Weight(services, "10.0.0.9")));
        Assert.Empty(services.DriftLines);
        Assert.Null(services.Reload(File, DriftChoice.Refuse, "bob"));
        Assert.Null(Server(services, "10.0.0.9"));
    }

    [Fact]
    public async Task Adopt_ActivesTable_IsTheStandbysAlsoAfterItsRestart()
    {
        RuntimeServices active = Start(_folder);
        await active.ChangeAsync([new ServiceChange.SetTimeouts(10, 0, 30), new ServiceChange.DeleteServer(Web, Ip.Parse("10.0.0.2"), 80)], "alice", default);
        RuntimeServices standby = Start(_peerFolder);
        standby.Adopt(RuntimeState.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(active.ToMessage(3))), () => { });

        foreach (RuntimeServices node in new[] { standby, Start(_peerFolder) })
        {
            Assert.Null(Server(node, "10.0.0.2"));
            Assert.Equal((10, 120, 30), (node.Contents().Timeouts.Tcp.TotalSeconds, node.Contents().Timeouts.TcpFin.TotalSeconds, node.Contents().Timeouts.Udp.TotalSeconds));
            Assert.Equal(active.Version, node.Version);
            Assert.Equal(2, node.DriftLines.Count(l => l.Contains("[alice", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Change_OneOfManyFails_OthersAreMadeAndEachHasItsOutcome()
    {
        RuntimeServices services = Start(_folder);
        ChangeReport report = await services.ChangeAsync(
            [new ServiceChange.AddService(File.Services[0]), new ServiceChange.DeleteServer(Web, Ip.Parse("10.0.0.2"), 80), new ServiceChange.StopDaemon(true)], "alice", default);
        Assert.Equal([ChangeOutcome.ServiceExists, ChangeOutcome.Done, ChangeOutcome.NoDaemon], report.Outcomes);
        Assert.Equal(1UL, services.Version);
    }

    [Fact]
    public async Task Change_Replacement_KeepsConnectionsOfServersThatStay()
    {
        DataPlane plane = Plane();
        RuntimeServices services = Start(_folder, plane);
        byte[] frame = new byte[ForwardingCore.FrameBytes];
        byte[] syn = Forwarder.Tests.Lab.Wire.Tcp("192.0.2.10:40000", "192.0.2.100:80", "S");
        syn.CopyTo(frame, ForwardingCore.VirtioHeaderBytes);
        Assert.NotEqual(0, plane.Core.Process(frame, ForwardingCore.VirtioHeaderBytes + syn.Length, DataPlane.Now));
        VirtualServiceConfig web = File.Services.First(s => s.Key == Web);
        await services.ChangeAsync(
            [new ServiceChange.Clear(), new ServiceChange.AddService(web), .. web.Servers.Select(s => new ServiceChange.AddServer(Web, s))], "alice", default);
        ServiceListing listing = Assert.Single(services.Contents().Services);
        Assert.Equal(1, listing.Servers.Sum(s => s.Active));
        Assert.Equal(1, plane.Core.ConnectionCount);
    }

    [Fact]
    public async Task Change_NotServing_IsRefusedWithTheReason()
    {
        RuntimeServices services = Start(_folder);
        services.Refusal = () => "director-b serves: make the change there";
        var refusal = await Assert.ThrowsAsync<OperatorException>(() => Quiesce(services, "10.0.0.3"));
        Assert.Equal("director-b serves: make the change there", refusal.Message);
        Assert.Equal(1, Weight(services, "10.0.0.3"));
    }

    [Fact]
    public async Task Drain_ServerWithoutConnections_IsTakenOutAtOnce()
    {
        RuntimeServices services = Start(_folder);
        var outcome = await services.DrainAsync("192.0.2.100:80/tcp", "10.0.0.3:80", TimeSpan.Zero, true, "alice", new Progress<string>(), default);
        Assert.True(outcome.Done, outcome.Text);
        Assert.Null(Server(services, "10.0.0.3"));
        Assert.False((await services.DrainAsync("192.0.2.100:80/tcp", "10.0.0.3:80", TimeSpan.Zero, true, "alice", new Progress<string>(), default)).Done);
    }

    private RuntimeServices Start(TemporaryFolder folder, DataPlane? plane = null) => new(File, plane ?? Plane(), folder.Root, new RecordedNetwork(), _events, TimeProvider.System);

    private static DataPlane Plane() => new(new ForwardingCore(new ForwardingCoreOptions { Capacity = 64, VirtualAddresses = [Ip.Parse("192.0.2.100")] }));

    private static Task<ChangeReport> Quiesce(RuntimeServices services, string server) =>
        services.ChangeAsync([new ServiceChange.EditServer(Web, Server(services, server)! with { Weight = 0 })], "alice", default);

    private static int Weight(RuntimeServices services, string server) => Server(services, server)!.Weight;

    private static RealServerConfig? Server(RuntimeServices services, string server) =>
        services.Contents().Services.First(s => s.Service.Key == Web).Servers.Select(s => s.Server).FirstOrDefault(s => s.Address.ToString() == server);
}
