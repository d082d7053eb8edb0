using System.Buffers.Binary;
using System.Diagnostics;
using HaLvs.Forwarder.Tests.Lab;
using Xunit.Abstractions;

namespace HaLvs.Forwarder.Tests.Connections;

/// <summary>The table at its promised size, and the price of a packet: memory is asserted, allocation is asserted, speed is printed.</summary>
[Collection("alone")]
public sealed class MillionFlowsTests(ITestOutputHelper output)
{
    private const int Flows = 1_000_000;

    [Fact]
    public void Table_MillionFlows_WithinMemoryAndAllFound()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        TestDirector director = NewDirector(Flows);
        byte[] frame = Frame(Wire.Tcp("1.0.0.0:1", "192.0.2.100:80", "S"));
        Stopwatch watch = Stopwatch.StartNew();
        for (uint i = 0; i < Flows; i++)
        {
            Assert.NotEqual(0, Feed(director, frame, i));
        }

        output.WriteLine($"{Flows / watch.Elapsed.TotalSeconds:N0} new connections/s");
        long bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Flows;
        output.WriteLine($"{bytes} bytes a flow");
        Assert.InRange(bytes, 1, 256);
        Assert.Equal(Flows, director.Core.ConnectionCount);

        watch.Restart();
        for (uint i = 0; i < Flows; i++)
        {
            Feed(director, frame, i);
        }

        output.WriteLine($"{Flows / watch.Elapsed.TotalSeconds:N0} packets/s over {Flows} flows");
        Assert.Equal(Flows, director.Core.Counters.NewConnections);
        Assert.Equal(Flows, Assert.Single(director.Servers("192.0.2.100:80/tcp")).ActiveConnections);

        director.Wait(80);
        Assert.Equal(0, director.Core.ConnectionCount);
        Assert.True(TableCheck.IsWhole(director.Core));
    }

    [Fact]
    public void Process_FewFlows_SpeedPrinted()
    {
        TestDirector director = NewDirector(1000);
        byte[] frame = Frame(Wire.Tcp("1.0.0.0:1", "192.0.2.100:80", "S"));
        FeedMany(500_000, director, frame); // Until the JIT has settled.

        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        Stopwatch watch = Stopwatch.StartNew();
        const int packets = 1_000_000;
        FeedMany(packets, director, frame);
        double cpuSeconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        output.WriteLine($"{packets / watch.Elapsed.TotalSeconds:N0} packets/s of wall clock; {packets / cpuSeconds:N0} per second of this process's CPU time");
        Assert.Equal(64, director.Core.ConnectionCount);
    }

    [Fact]
    public void Process_MixedTraffic_AllocatesNothing()
    {
        TestDirector director = RandomTraffic.NewDirector(4096);
        RandomTraffic traffic = new(3);
        byte[][] frames = [.. Enumerable.Range(0, 5000).Select(_ => Frame(traffic.Next()))];
        byte[] buffer = new byte[ForwardingCore.FrameBytes];
        director.Core.EnableChangeLog(true);
        HaLvs.Forwarder.Connections.ConnectionChange[] changes = new HaLvs.Forwarder.Connections.ConnectionChange[256];
        Run(director, frames, buffer, changes, 10_000);

        // The runtime itself may allocate once (tiered compilation); a packet that allocates does so in every round.
        Assert.Equal(0, Enumerable.Range(0, 3).Min(_ => Allocated(() => Run(director, frames, buffer, changes, 100_000))));
        Assert.True(director.Core.Counters.ExpiredConnections > 1000, "Nothing expired: the test did not test.");
        Assert.True(director.Core.Counters.NewConnections > 1000);
    }

    private static long Allocated(Action work)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void FeedMany(int packets, TestDirector director, byte[] frame)
    {
        for (uint i = 0; i < packets; i++)
        {
            Feed(director, frame, i & 63);
        }
    }

    private static void Run(TestDirector director, byte[][] frames, byte[] buffer, Span<HaLvs.Forwarder.Connections.ConnectionChange> changes, int packets)
    {
        for (int i = 0; i < packets; i++)
        {
            byte[] frame = frames[i % frames.Length];
            frame.CopyTo(buffer, 0);
            director.Core.Process(buffer, frame.Length, director.Now);
            director.Now += 25;
            if (i % 16 == 0)
            {
                director.Core.Tick(director.Now);
                director.Core.TakeChanges(changes, director.Now);
            }
        }
    }

    private static TestDirector NewDirector(int capacity) =>
        new TestDirector(o => o with { Capacity = capacity, SynProxy = new() { Mode = HaLvs.Forwarder.Guard.SynProxyMode.Off } }).Service("192.0.2.100:80/tcp", "rr", "10.0.0.2:80");

    private static byte[] Frame(byte[] packet) => [.. new byte[ForwardingCore.VirtioHeaderBytes], .. packet, .. new byte[600]];

    /// <summary>The SYN of the i-th client; checksums do not matter here.</summary>
    private static int Feed(TestDirector director, byte[] frame, uint i)
    {
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(10 + 12), 0x0100_0000 + (i >> 4));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(10 + 16), 0xc000_0264);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(10 + 20), (ushort)(1024 + (i & 15)));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(10 + 22), 80);
        return director.Core.Process(frame, 10 + 40, director.Now);
    }
}
