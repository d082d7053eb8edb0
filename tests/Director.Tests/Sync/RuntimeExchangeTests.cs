using System.Diagnostics;
using HaLvs.Director.Commands;
using HaLvs.Director.Loops;
using HaLvs.Director.Runtime;
using HaLvs.Director.Sync;
using HaLvs.Director.Tests.Configuration;
using HaLvs.Director.Tests.Runtime;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using EventLog = HaLvs.Director.Reports.EventLog;
using ServiceChange = HaLvs.Director.Runtime.ServiceChange;

namespace HaLvs.Director.Tests.Sync;

/// <summary>Run-time services between two engines over real TLS on loopback.</summary>
public sealed class RuntimeExchangeTests : IDisposable
{
    private readonly TemporaryFolder _a = new();
    private readonly TemporaryFolder _b = new();
    private readonly EventLog _events = new(TimeProvider.System);

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        _events.Dispose();
    }

    [Fact]
    public async Task Change_OnTheActive_IsAtTheStandbyBeforeItReturnsAndSurvivesFailover()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        RuntimeServices first = Services(_a);
        RuntimeServices second = Services(_b);
        await using SyncNode active = new(a with { Runtime = first }, new FakeTable());
        await using SyncNode standby = new(b with { Runtime = second }, new FakeTable());
        Wire(first, active);
        Wire(second, standby);
        active.Engine.Start();
        standby.Engine.Start();
        active.Engine.SetRole(true, 1);
        await Eventually.HoldsAsync(() => standby.InSync && active.InSync, "both are in sync");

        long began = Stopwatch.GetTimestamp();
        await first.ChangeAsync([new ServiceChange.Clear(), new ServiceChange.SetTimeouts(10, 20, 30)], "alice", default);
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(1), "the standby confirmed, so nobody waited for the patience to end");
        Assert.Empty(second.Contents().Services);
        Assert.Equal(30, second.Contents().Timeouts.Udp.TotalSeconds);

        // Failover: the standby serves, changes, and the other one learns it when it comes back as standby.
        active.Engine.SetRole(false, 0);
        standby.Engine.SetRole(true, 2);
        await Eventually.HoldsAsync(() => active.InSync, "the former active follows");
        await second.ChangeAsync([new ServiceChange.SetTimeouts(0, 0, 40)], "bob", default);
        await Eventually.HoldsAsync(() => first.Contents().Timeouts.Udp.TotalSeconds == 40, "the change is there");
        Assert.Equal(second.Version, first.Version);
    }

    [Fact]
    public async Task Change_StandbysDiskRefuses_IsNotConfirmedUntilItIsOnDisk()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        RuntimeServices first = Services(_a);
        RuntimeServices second = Services(_b);
        await using SyncNode active = new(a with { Runtime = first }, new FakeTable());
        await using SyncNode standby = new(b with { Runtime = second }, new FakeTable());
        Wire(first, active);
        active.Engine.Start();
        standby.Engine.Start();
        active.Engine.SetRole(true, 1);
        await Eventually.HoldsAsync(() => standby.InSync && active.InSync, "both are in sync");
        await first.ChangeAsync([new ServiceChange.SetTimeouts(0, 0, 30)], "alice", default);
        Directory.Delete(_b.Root, recursive: true);

        ChangeReport refused = await first.ChangeAsync([new ServiceChange.SetTimeouts(0, 0, 40)], "alice", default);
        Assert.Contains("the standby has not confirmed run-time change 2", refused.Warning, StringComparison.Ordinal);
        Assert.Equal(40, second.Contents().Timeouts.Udp.TotalSeconds);

        Directory.CreateDirectory(_b.Root);
        await Eventually.HoldsAsync(() =>
        {
            second.Look();
            return second.IsKept;
        }, "the disk takes it");
        Assert.Null((await first.ChangeAsync([], "alice", default)).Warning);
    }

    [Fact]
    public async Task Change_VeryLargeTable_ReachesTheStandbyAndATooLargeOneIsRefused()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        RuntimeServices first = Services(_a);
        RuntimeServices second = Services(_b);
        await using SyncNode active = new(a with { Runtime = first }, new FakeTable());
        await using SyncNode standby = new(b with { Runtime = second }, new FakeTable());
        Wire(first, active);
        active.Engine.Start();
        standby.Engine.Start();
        active.Engine.SetRole(true, 1);
        await Eventually.HoldsAsync(() => standby.InSync && active.InSync, "both are in sync");

        await first.ChangeAsync([.. Rules(firstPort: 1000)], "alice", default);
        Assert.True(first.ToMessage(1).CalculateSize() > 1024 * 1024);
        await Eventually.HoldsAsync(() => second.Version == 1, "the table is there");
        Assert.Equal(first.Contents().Services.Sum(s => s.Servers.Length), second.Contents().Services.Sum(s => s.Servers.Length));
        Assert.Contains(second.Contents().Services, s => s.Service.Key.Protocol == TransportProtocol.Sctp && s.Servers.Length == 100);

        OperatorException refused = await Assert.ThrowsAsync<OperatorException>(() => first.ChangeAsync([.. Rules(firstPort: 2000)], "alice", default));
        Assert.Contains("fit into a message to the standby", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1UL, first.Version);
    }

    private static IEnumerable<ServiceChange> Rules(int firstPort)
    {
        for (int s = 0; s < 500; s++)
        {
            ServiceKey key = new(TransportProtocol.Sctp, Ip.Parse("192.0.2.100"), (ushort)(firstPort + s));
            yield return new ServiceChange.AddService(new VirtualServiceConfig(key.Protocol, key.Address, key.Port, "rr", []));
            for (int i = 0; i < 100; i++)
            {
                yield return new ServiceChange.AddServer(key, new RealServerConfig(Ip.FromV4(0x0a01_0000u + (uint)((s * 100) + i)), 80, 1 + i) { UpperThreshold = 1_000_000, LowerThreshold = 900_000 });
            }
        }
    }

    private static void Wire(RuntimeServices services, SyncNode node)
    {
        services.Changed = node.Engine.NotifyChanges;
        services.PeerListens = () => node.Engine.Status.Connected;
    }

    private RuntimeServices Services(TemporaryFolder folder) => new(
        Example.Model(Example.Text), new DataPlane(new ForwardingCore(new ForwardingCoreOptions { Capacity = 64, VirtualAddresses = [Ip.Parse("192.0.2.100")] })),
        folder.Root, new RecordedNetwork(), _events, TimeProvider.System);
}
