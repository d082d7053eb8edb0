using System.Buffers.Binary;
using System.Diagnostics;
using HaLvs.Director.Loops;
using HaLvs.Director.Sync;
using HaLvs.Director.Sync.Tables;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using Xunit.Abstractions;

namespace HaLvs.Director.Tests.Sync;

/// <summary>
/// Two production cores over real TLS: snapshot, then new connections from SYN packets at a steady rate. The tables must be equal; the figures are printed and
/// never fail (HALVS_MEASURE=1 for the full size: 1,000,000 connections, 125,000 new ones a second).
/// </summary>
public class SyncThroughputTests(ITestOutputHelper output)
{
    private static readonly bool Full = Environment.GetEnvironmentVariable("HALVS_MEASURE") == "1";
    private static readonly int Snapshot = Full ? 1_000_000 : 50_000;
    private static readonly int NewConnections = Full ? 500_000 : 20_000;

    /// <summary>In the full size a quarter more than the aim of 100,000 a second, so that the figure can show that it is reached.</summary>
    private static readonly int PerMillisecond = Full ? 125 : 20;

    [Fact]
    public async Task SnapshotAndNewConnections_ProductionCores_EndEqual()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        DataPlane left = Core(), right = Core();
        Fill(left);
        var arrivals = new ArrivalTable(new CoreTable(right), Snapshot, NewConnections);
        await using var source = new SyncNode(a, new CoreTable(left));
        await using var replica = new SyncNode(b, arrivals);
        source.Engine.Start();
        replica.Engine.Start();
        await Eventually.HoldsAsync(() => replica.Engine.Status.Connected && source.Engine.Peer is not null, "the streams are up");
        TimeSpan worked = Environment.CpuUsage.TotalTime;
        long began = Stopwatch.GetTimestamp();
        source.Engine.SetRole(true, 1);
        await Eventually.HoldsAsync(() => source.InSync && replica.InSync, "the snapshot is complete");
        output.WriteLine($"snapshot: {Snapshot} connections in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F0} ms, {Cpu(worked)} of CPU on both sides together");

        worked = Environment.CpuUsage.TotalTime;
        began = Stopwatch.GetTimestamp();
        long[] born = await Task.Factory.StartNew(() => Connect(left, source.Engine), TaskCreationOptions.LongRunning);
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await Eventually.HoldsAsync(() => source.Engine.Status is { Lag: 0 } && replica.Table.Locked(t => t.ConnectionCount) == Snapshot + NewConnections, "everything arrives");
        Print(born, arrivals.Arrived, seconds);
        SyncCounters sent = source.Engine.Counters;
        output.WriteLine($"{Cpu(worked)} of CPU with the packets; snapshots {sent.SnapshotsSent}, overflows {sent.Overflows}, records {sent.Sent}");
        Assert.True(Content(left).SetEquals(Content(right)));
    }

    /// <summary>Unlike the clock, it does not count what else the machine does.</summary>
    private static string Cpu(TimeSpan since) => $"{(Environment.CpuUsage.TotalTime - since).TotalMilliseconds:F0} ms";

    private void Print(long[] born, long[] arrived, double seconds)
    {
        double[] lag = [.. born.Zip(arrived, (from, to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds).Order()];
        output.WriteLine($"new connections: {NewConnections / seconds:F0}/s, lag p50 {lag[lag.Length / 2]:F2} ms, p99 {lag[lag.Length * 99 / 100]:F2} ms, worst {lag[^1]:F2} ms");
    }

    /// <summary>What the forward loop does: a batch of packets under the gate, then the notice to sync. Returns when each connection was made.</summary>
    private static long[] Connect(DataPlane plane, SyncEngine engine)
    {
        long[] born = new long[NewConnections];
        byte[] frame = new byte[ForwardingCore.FrameBytes];
        long began = Stopwatch.GetTimestamp();
        for (int n = 0; n < NewConnections; n += PerMillisecond)
        {
            lock (plane.Gate)
            {
                for (int i = n; i < n + PerMillisecond; i++)
                {
                    Assert.NotEqual(0, plane.Core.Process(frame, Syn(frame, Flows.Number(Snapshot + i)), DataPlane.Now));
                    born[i] = Stopwatch.GetTimestamp();
                }
            }

            engine.NotifyChanges();
            // The pace, in real milliseconds; behind it, no pause.
            int ahead = (n / PerMillisecond) + 1 - (int)Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            if (ahead > 0) Thread.Sleep(ahead);
        }

        return born;
    }

    private static DataPlane Core()
    {
        // Nothing but SYNs: without this it would be taken for the flood that it resembles, and answered with cookies.
        var core = new ForwardingCore(new ForwardingCoreOptions
        {
            Capacity = Snapshot + NewConnections,
            VirtualAddresses = [Ip.Parse("192.0.2.100")],
            SynProxy = new SynProxyOptions { Mode = SynProxyMode.Off },
            Seed = 1,
        });
        RealServerConfig[] servers = [new(Ip.Parse("10.0.0.2"), 80, 1), new(Ip.Parse("10.0.0.3"), 80, 1)];
        core.ApplyServices([new VirtualServiceConfig(TransportProtocol.Tcp, Ip.Parse("192.0.2.100"), 80, "rr", [.. servers])]);
        return new DataPlane(core);
    }

    private static void Fill(DataPlane plane)
    {
        lock (plane.Gate)
        {
            for (int i = 0; i < Snapshot; i++)
                Assert.True(plane.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, Flows.Number(i)), DataPlane.Now));
        }
    }

    private static HashSet<ConnectionRecord> Content(DataPlane plane)
    {
        var content = new HashSet<ConnectionRecord>();
        var batch = new ConnectionRecord[512];
        int cursor = 0;
        lock (plane.Gate)
        {
            while (cursor != -1)
            {
                int count = plane.Core.CopyConnections(ref cursor, batch, DataPlane.Now);
                foreach (ConnectionRecord record in batch.AsSpan(0, count)) content.Add(record with { RemainingMilliseconds = 0 });
            }
        }

        return content;
    }

    /// <summary>virtio_net_hdr of zeros, IPv4, TCP with SYN; returns the frame's length.</summary>
    private static int Syn(Span<byte> frame, ConnectionRecord flow)
    {
        const int IpBytes = 20, TcpBytes = 20;
        frame[..(ForwardingCore.VirtioHeaderBytes + IpBytes + TcpBytes)].Clear();
        Span<byte> ip = frame[ForwardingCore.VirtioHeaderBytes..];
        (ip[0], ip[3], ip[8], ip[9]) = (0x45, IpBytes + TcpBytes, 64, (byte)TransportProtocol.Tcp);
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], flow.Client.V4);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], flow.Virtual.V4);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip[..IpBytes]));
        Span<byte> tcp = ip[IpBytes..];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, flow.ClientPort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], flow.VirtualPort);
        (tcp[12], tcp[13]) = (0x50, 0x02);
        return ForwardingCore.VirtioHeaderBytes + IpBytes + TcpBytes;
    }

    /// <summary>RFC 1071.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> header)
    {
        uint sum = 0;
        for (int i = 0; i < header.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
