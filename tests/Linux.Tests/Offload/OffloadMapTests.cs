using System.Net;
using HaLvs.Linux.Offload;
using Xunit.Abstractions;

namespace HaLvs.Linux.Tests.Offload;

public sealed class OffloadMapTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void InsertAndRemove_ManyFlows_LeaveNothing(bool batches)
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        using OffloadBench bench = new(new OffloadLimits(4096, 4096, 8192));
        bench.Program.Flows4.Entries.Batches = bench.Program.Flows6.Entries.Batches = batches;
        OffloadFlow[] flows = [.. Enumerable.Range(0, 2000).Select(i => i % 3 == 0 ? Flow6(i) : Flow4(i))];
        OffloadOutcome[] outcomes = new OffloadOutcome[flows.Length];
        Assert.Equal(flows.Length, bench.Program.Insert(flows, outcomes));
        Assert.All(outcomes, o => Assert.Equal(OffloadOutcome.Inserted, o));
        Assert.Equal(batches, bench.Program.Flows4.Entries.Batches);
        Assert.True(IsOffloaded(bench, 1999));
        Assert.Equal(flows.Length / 2, bench.Program.Remove(flows.AsSpan(0, flows.Length / 2)));
        Assert.False(IsOffloaded(bench, 1));
        Assert.Equal(flows.Length / 2, bench.Program.Remove(flows));
        Assert.Equal(0, bench.Program.Remove(flows));
        Assert.Equal((0, 0), Entries(bench, flows));
    }

    /// <summary>The map is what limits: whoever finds no room keeps neither entry, and is told.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Insert_FullMap_LeavesTheRestOutWhole(bool batches)
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        using OffloadBench bench = new(new OffloadLimits(64, 64, 4096));
        bench.Program.Flows4.Entries.Batches = batches;
        OffloadFlow[] flows = [.. Enumerable.Range(0, 400).Select(Flow4)];
        OffloadOutcome[] outcomes = new OffloadOutcome[flows.Length];
        int inserted = bench.Program.Insert(flows, outcomes);
        Assert.InRange(inserted, 32, 80);
        Assert.Equal(inserted, outcomes.Count(o => o == OffloadOutcome.Inserted));
        Assert.Equal(flows.Length - inserted, outcomes.Count(o => o == OffloadOutcome.Full));
        for (int i = 0; i < flows.Length; i++)
            Assert.Equal((outcomes[i] == OffloadOutcome.Inserted, outcomes[i] == OffloadOutcome.Inserted), Has(bench, in flows[i]));
        Assert.Equal(inserted, bench.Program.Remove(flows));
        Assert.Equal(inserted, bench.Program.Insert(flows.AsSpan(0, inserted), outcomes));
    }

    [Fact]
    public void Insert_FlowsThatTheProgramCannotTranslate_AreLeftOut()
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        using OffloadBench bench = new();
        OffloadFlow good = Flow4(1);
        OffloadFlow[] flows =
        [
            good,
            OffloadBench.Flow(Frame.Sctp, 2, "198.51.100.7:7", "192.0.2.100:7", "198.51.100.7:7", "10.0.0.3:8"),
            good with { Slot = 64 },
            good with { InsideHop = OffloadProgram.NextHopCount },
            good with { Protocol = 47 },
            OffloadBench.Flow(Frame.Tcp, 2, "198.51.100.7:7", "192.0.2.100:7", "[fd00::1]:7", "[fd00::3]:8"),
        ];
        OffloadOutcome[] outcomes = new OffloadOutcome[flows.Length];
        Assert.Equal(1, bench.Program.Insert(flows, outcomes));
        Assert.Equal(OffloadOutcome.Inserted, outcomes[0]);
        Assert.All(outcomes[1..], o => Assert.Equal(OffloadOutcome.Unsuitable, o));
    }

    [Fact]
    public void Traffic_ForwardedPackets_AreCountedByDirectionAndSeen()
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        using OffloadBench bench = new();
        Assert.Equal(OffloadOutcome.Inserted, bench.Insert(Flow4(5)));
        Assert.Null(bench.Program.Traffic[5].SilentFor(MonotonicClock.Now));
        bench[OffloadMode.Tc].Run(FromClient(5, 100), out _);
        bench[OffloadMode.Xdp].Run(FromClient(5, 50), out _);
        bench[OffloadMode.Xdp].Run(Frame.Build(Frame.Tcp, IPEndPoint.Parse("10.0.0.2:8080"), Client(5), new byte[7]), out _);
        OffloadTraffic traffic = bench.Program.Traffic[5];
        Assert.Equal((2u, 230ul, 1u, 47ul), (traffic.PacketsFromOutside, traffic.BytesFromOutside, traffic.PacketsFromInside, traffic.BytesFromInside));
        Assert.InRange(traffic.SilentFor(MonotonicClock.Now)!.Value.TotalMilliseconds, 0, 1000);
        Assert.InRange(traffic.SilentFor(MonotonicClock.Now + TimeSpan.FromSeconds(60))!.Value.TotalSeconds, 59.9, 61);
        Assert.Equal(OffloadOutcome.Inserted, bench.Insert(Flow4(5)));
        Assert.Null(bench.Program.Traffic[5].SilentFor(MonotonicClock.Now));
    }

    /// <summary>docs/adr/0019: both entries, their buckets and the counters, as the kernel itself sums them up.</summary>
    [Fact]
    public void Memory_OfAFlow_IsAtMost256Bytes()
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        const int Flows = 1 << 17;
        using OffloadBench bench = new(new OffloadLimits(Flows, 1, Flows));
        long flows = MemoryOf(bench.Program.Flows4.Entries.Descriptor);
        long perFlow = (flows + (Flows * 32L)) / Flows;
        output.WriteLine($"flows4: {flows} bytes for {Flows} flows; with counters {perFlow} bytes a flow");
        Assert.InRange(perFlow, 200, 256);
    }

    private static OffloadFlow Flow4(int i) =>
        OffloadBench.Flow(Frame.Tcp, (uint)i, Client(i).ToString(), "192.0.2.100:80", Client(i).ToString(), "10.0.0.2:8080");

    private static OffloadFlow Flow6(int i) =>
        OffloadBench.Flow(Frame.Udp, (uint)i, $"[2001:db8::1:{i:x}]:999", "[2001:db8::100]:53", $"[2001:db8::1:{i:x}]:999", "[fd00::2]:5353");

    private static IPEndPoint Client(int i) => new(new IPAddress([198, 51, (byte)(i >> 8), (byte)i]), 40_000);

    private static byte[] FromClient(int i, int bytes) => Frame.Build(Frame.Tcp, Client(i), IPEndPoint.Parse("192.0.2.100:80"), new byte[bytes]);

    private static bool IsOffloaded(OffloadBench bench, int i)
    {
        bench[OffloadMode.Xdp].Run(FromClient(i, 100), out bool forwarded);
        return forwarded;
    }

    private static (bool Forth, bool Back) Has(OffloadBench bench, in OffloadFlow flow) => bench.Program.Flows4.Has(in flow);

    private static (int Forth, int Back) Entries(OffloadBench bench, OffloadFlow[] flows)
    {
        (bool Forth, bool Back)[] all = [.. flows.Select(f => f.IsV4 ? bench.Program.Flows4.Has(in f) : bench.Program.Flows6.Has(in f))];
        return (all.Count(h => h.Forth), all.Count(h => h.Back));
    }

    private static long MemoryOf(FileDescriptor map)
    {
        string line = File.ReadLines($"/proc/self/fdinfo/{map.DangerousGetHandle()}").Single(l => l.StartsWith("memlock:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(8), System.Globalization.CultureInfo.InvariantCulture);
    }
}
