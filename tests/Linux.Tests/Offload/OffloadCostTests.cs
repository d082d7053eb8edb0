using System.Net;
using HaLvs.Linux.Offload;
using Xunit.Abstractions;

namespace HaLvs.Linux.Tests.Offload;

/// <summary>What a packet costs inside the program, and that none is lost to the counters when several CPUs meet in one direction.</summary>
public sealed class OffloadCostTests(ITestOutputHelper output)
{
    private const int Repeat = 200;
    private const string End = "192.0.2.10:40001";
    private const string Other = "192.0.2.100:8080";

    /// <summary>A flow that leaves as it came, towards the address that it came to: the same packet can go through again until its hops are used up.</summary>
    [Theory]
    [InlineData(OffloadMode.Tc)]
    [InlineData(OffloadMode.Xdp)]
    public void Run_SamePacketAgain_IsCountedEachTime(OffloadMode mode)
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        using OffloadBench bench = Bench();
        byte[] frame = Packet();
        uint least = uint.MaxValue;
        const int Runs = 500;
        for (int run = 0; run < Runs; run++)
        {
            bench[mode].Run(frame, out _, repeat: Repeat);
            least = Math.Min(least, bench[mode].Nanoseconds);
        }

        output.WriteLine($"{mode}: {least} ns a packet at best");
        Assert.Equal((uint)(Runs * Repeat), bench.Program.Traffic[5].PacketsFromOutside);
    }

    [Fact]
    public void Run_OnAllProcessorsAtOnce_NoPacketIsLostToTheCounters()
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        using OffloadBench bench = Bench();
        byte[] frame = Packet();
        int threads = Math.Max(2, Environment.ProcessorCount);
        const int Runs = 2000;
        Thread[] all = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            ProgramTrial trial = new(bench.Program, OffloadMode.Xdp);
            for (int run = 0; run < Runs; run++)
                trial.Run(frame, out bool _, repeat: Repeat);
        }))];
        Array.ForEach(all, t => t.Start());
        Array.ForEach(all, t => t.Join());
        OffloadTraffic traffic = bench.Program.Traffic[5];
        uint sent = (uint)(threads * Runs * Repeat);
        output.WriteLine($"{sent} packets on {threads} threads, {sent - traffic.PacketsFromOutside} not counted");
        Assert.Equal((sent, sent * 140ul), (traffic.PacketsFromOutside, traffic.BytesFromOutside));
    }

    private static OffloadBench Bench()
    {
        OffloadBench bench = new();
        bench.Program.SetNextHop(1, new OffloadNextHop(OffloadBench.InsideIndex, default, OffloadBench.OwnInside, OffloadBench.Mtu));
        Assert.Equal(OffloadOutcome.Inserted, bench.Insert(OffloadBench.Flow(Frame.Tcp, 5, End, Other, End, Other)));
        return bench;
    }

    private static byte[] Packet() => Frame.Build(Frame.Tcp, IPEndPoint.Parse(End), IPEndPoint.Parse(Other), new byte[100], ttl: 255);
}
