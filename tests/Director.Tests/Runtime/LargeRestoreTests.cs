using System.Diagnostics;
using HaLvs.Director.Loops;
using HaLvs.Director.Runtime;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using Xunit.Abstractions;

namespace HaLvs.Director.Tests.Runtime;

/// <summary>ipvsadm -R of 1,000 servers behind 100 services while packets want the gate.</summary>
public sealed class LargeRestoreTests(ITestOutputHelper output)
{
    private const int ServiceCount = 100;
    private const int ServersEach = 10;

    [Theory]
    [InlineData("wlc")]
    [InlineData("sh")]
    [InlineData("mh")]
    [InlineData("mhr")]
    public async Task Restore_OfAThousandServers_IsOneShortHoldWithoutTheKernel(string scheduler)
    {
        WatchedNetwork network = new();
        using RuntimeNode node = new(network: network);
        network.Plane = node.Plane;
        ServiceChange[] restore = [new ServiceChange.Clear(), .. Rules(scheduler)];
        using CancellationTokenSource end = new();
        using ManualResetEventSlim flowing = new();
        Task<(TimeSpan Longest, HashSet<int> Seen)> packets = Task.Factory.StartNew(
            () => Packets(node.Plane, flowing, end.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        flowing.Wait();
        for (int round = 1; round <= 3; round++)
        {
            long facts = node.Plane.Core.FactsRenewed;
            long began = Stopwatch.GetTimestamp();
            ChangeReport report = await node.Services.ChangeAsync(restore, "alice", default);
            output.WriteLine($"{scheduler}, restore {round}: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.0} ms in all");
            Assert.All(report.Outcomes, o => Assert.Equal(ChangeOutcome.Done, o));
            Assert.Equal((facts + 1, round), (node.Plane.Core.FactsRenewed, network.Questions));
        }

        await end.CancelAsync();
        (TimeSpan longest, HashSet<int> seen) = await packets;
        output.WriteLine($"{scheduler}: the gate was held from a packet for at most {longest.TotalMilliseconds:0.00} ms");
        Assert.False(network.AskedUnderTheGate);
        Assert.Equal(new HashSet<int> { 2, ServiceCount * ServersEach }, seen);
        Assert.Equal(ServiceCount * ServersEach, node.Services.Contents().Services.Sum(s => s.Servers.Length));
    }

    private static IEnumerable<ServiceChange> Rules(string scheduler)
    {
        for (int s = 0; s < ServiceCount; s++)
        {
            ServiceKey key = new(TransportProtocol.Tcp, Ip.Parse("192.0.2.100"), (ushort)(1000 + s));
            yield return new ServiceChange.AddService(new VirtualServiceConfig(key.Protocol, key.Address, key.Port, scheduler, []));
            for (int i = 0; i < ServersEach; i++)
            {
                yield return new ServiceChange.AddServer(key, new RealServerConfig(Ip.Parse($"10.1.{s}.{i + 1}"), 80, 1 + i));
            }
        }
    }

    /// <summary>What a packet would meet, as often as it can be looked at: how long it waited, and how many servers there were.</summary>
    private static (TimeSpan Longest, HashSet<int> Seen) Packets(DataPlane plane, ManualResetEventSlim flowing, CancellationToken end)
    {
        TimeSpan longest = TimeSpan.Zero;
        HashSet<int> seen = [];
        while (!end.IsCancellationRequested)
        {
            long began = Stopwatch.GetTimestamp();
            lock (plane.Gate)
            {
                TimeSpan waited = Stopwatch.GetElapsedTime(began);
                longest = waited > longest ? waited : longest;
                seen.Add(plane.Core.ExportServices().Sum(s => s.Servers.Length));
            }

            flowing.Set();
            Thread.Yield();
        }

        return (longest, seen);
    }

    private sealed class WatchedNetwork : IMachineNetwork
    {
        public DataPlane? Plane { get; set; }

        public int Questions { get; private set; }

        public bool AskedUnderTheGate { get; private set; }

        public int? MtuOf(string interfaceName) => 1500;

        public IReadOnlySet<Ip> Broadcasts()
        {
            Questions++;
            AskedUnderTheGate |= Plane!.Gate.IsHeldByCurrentThread;
            return new HashSet<Ip>();
        }
    }
}
