using System.Buffers.Binary;
using System.Diagnostics;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;
using Xunit.Abstractions;

namespace HaLvs.Forwarder.Tests.Connections;

/// <summary>
/// 1,000,000 established flows in figures: HALVS_MEASURE=1 dotnet test tests/Forwarder.Tests -c Release --filter MillionFlowsMeasured. Nothing that stands between two
/// packets may take 10 ms. Without the switch the same runs small and without a stop watch's judgement.
/// </summary>
[Collection("alone")]
public sealed class MillionFlowsMeasuredTests(ITestOutputHelper output)
{
    private const double LongestPauseMilliseconds = 10;
    private static readonly bool Measured = Environment.GetEnvironmentVariable("HALVS_MEASURE") == "1";
    private static readonly int Flows = Measured ? 1_000_000 : 20_000;
    private readonly byte[] _frame = [.. new byte[ForwardingCore.VirtioHeaderBytes], .. Wire.Tcp("1.0.0.0:1", "192.0.2.100:80", "S"), .. new byte[600]];
    private readonly byte[] _room = new byte[ForwardingCore.FrameBytes];

    [Fact]
    public void EstablishedFlows_InsertLookUpListExpireEnd_NoPause()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        TestDirector director = Director();
        WarmUp();
        Fill(director, "insert");
        Print("memory", $"{(GC.GetTotalMemory(forceFullCollection: true) - before) / Flows} bytes a flow");
        Every(director, "look up, established", "PA");
        List(director);
        Expire(director);
        EndOfSnapshot(director);
        LoseServer(director);
    }

    private void Fill(TestDirector director, string what)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Every(director, null, "S");
        if (what.Length > 0)
        {
            PerFlow(what, watch.Elapsed);
        }

        Every(director, null, "A");
        Assert.Equal(Flows, Assert.Single(director.Servers("192.0.2.100:80/tcp")).ActiveConnections);
    }

    private void List(TestDirector director)
    {
        ConnectionRecord[] page = new ConnectionRecord[1000];
        int cursor = 0;
        int listed = 0;
        int count;
        Pauses pauses = new();
        while ((count = pauses.Time(() => director.Core.CopyConnections(ref cursor, page, director.Now))) > 0)
        {
            listed += count;
        }

        Assert.Equal(Flows, listed);
        Judge("list, 1,000 a call", pauses);
    }

    /// <summary>Every flow ends in the same second, and packets of others come all the while.</summary>
    private void Expire(TestDirector director)
    {
        director.Now += 899_900;
        Pauses pauses = new();
        int ticks = 0;
        while (director.Core.ConnectionCount > 0 && ticks++ < 10_000)
        {
            director.Now += 100;
            pauses.Time(() => director.Core.Tick(director.Now));
        }

        Assert.Equal(0, director.Core.ConnectionCount);
        Assert.True(TableCheck.IsWhole(director.Core));
        Judge("expire, a Tick", pauses);
    }

    private void EndOfSnapshot(TestDirector director)
    {
        Fill(director, "");
        director.Core.BeginRemoteSnapshot();
        int cursor = 0;
        int removed = 0;
        Pauses pauses = new();
        while (cursor >= 0)
        {
            removed += pauses.Time(() => director.Core.EndRemoteSnapshot(ref cursor, 4_096));
        }

        Assert.Equal((Flows, 0), (removed, director.Core.ConnectionCount));
        Judge("end of a snapshot, 4,096 slots", pauses);
    }

    private void LoseServer(TestDirector director)
    {
        Fill(director, "");
        Assert.True(director.Core.ServerLost(new ServiceKey(TransportProtocol.Tcp, Ip.Parse("192.0.2.100"), 80), Ip.Parse("10.0.0.2"), 80, director.Now));
        Pauses pauses = new();
        int resets = 0;
        bool more = true;
        while (more)
        {
            more = pauses.Time(() => director.Core.Work(director.Now));
            while (director.Core.TakePending(_room) > 0)
            {
                resets++;
            }
        }

        Assert.True(resets >= 2 * Flows);
        Assert.Equal(Flows, director.Core.Counters.EndedConnections);
        Judge("server lost, a slice", pauses);
    }

    private void WarmUp()
    {
        TestDirector director = Director();
        for (int round = 0; round < 20; round++)
        {
            for (uint i = 0; i < 5000; i++)
            {
                Feed(director, i, "S"[0]);
            }
        }
    }

    private void Every(TestDirector director, string? what, string flags)
    {
        _frame[ForwardingCore.VirtioHeaderBytes + 33] = (byte)(flags switch { "S" => 2, "A" => 16, _ => 24 });
        Stopwatch watch = Stopwatch.StartNew();
        for (uint i = 0; i < Flows; i++)
        {
            Feed(director, i, flags[0]);
        }

        if (what is not null)
        {
            PerFlow(what, watch.Elapsed);
        }
    }

    private void Feed(TestDirector director, uint i, char flag)
    {
        uint mixed = i * 2_654_435_761u % (uint)Flows; // Not in the order of insertion: no help from the cache.
        uint client = flag == 'S' ? i : mixed;
        BinaryPrimitives.WriteUInt32BigEndian(_frame.AsSpan(10 + 12), 0x0100_0000 + (client >> 4));
        BinaryPrimitives.WriteUInt32BigEndian(_frame.AsSpan(10 + 16), 0xc000_0264);
        BinaryPrimitives.WriteUInt16BigEndian(_frame.AsSpan(10 + 20), (ushort)(1024 + (client & 15)));
        BinaryPrimitives.WriteUInt16BigEndian(_frame.AsSpan(10 + 22), 80);
        if (director.Core.Process(_frame, 10 + 40, director.Now) == 0)
        {
            throw new InvalidOperationException($"Packet {i} was not forwarded.");
        }
    }

    private static TestDirector Director() =>
        new TestDirector(o => o with { Capacity = Flows, SynProxy = new() { Mode = HaLvs.Forwarder.Guard.SynProxyMode.Off } }).Service("192.0.2.100:80/tcp", "rr", "10.0.0.2:80");

    private void PerFlow(string what, TimeSpan elapsed) => Print(what, $"{elapsed.TotalNanoseconds / Flows:N0} ns a flow");

    private void Judge(string what, Pauses pauses)
    {
        Print(what, $"longest {pauses.Longest.TotalMilliseconds:N2} ms, all {pauses.All.TotalMilliseconds:N0} ms in {pauses.Count} calls");
        Assert.True(!Measured || pauses.Longest.TotalMilliseconds < LongestPauseMilliseconds, $"{what}: a pause of {pauses.Longest.TotalMilliseconds:N1} ms.");
    }

    private void Print(string what, string figure) => output.WriteLine($"{Flows,9:N0} flows | {what,-32} | {figure}");

    private sealed class Pauses
    {
        public TimeSpan Longest { get; private set; }

        public TimeSpan All { get; private set; }

        public int Count { get; private set; }

        public T Time<T>(Func<T> work)
        {
            long start = Stopwatch.GetTimestamp();
            T result = work();
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            Longest = took > Longest ? took : Longest;
            All += took;
            Count++;
            return result;
        }

        public void Time(Action work) => Time(() =>
        {
            work();
            return 0;
        });
    }
}
