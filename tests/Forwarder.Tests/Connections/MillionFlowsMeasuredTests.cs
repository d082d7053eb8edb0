using System.Buffers.Binary;
using System.Diagnostics;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;
using Xunit.Abstractions;

namespace HaLvs.Forwarder.Tests.Connections;

/// <summary>
/// 1,000,000 established flows in figures: HALVS_MEASURE=1 dotnet test tests/Forwarder.Tests -c Release --filter MillionFlowsMeasured. Nothing that stands between two
/// packets may take 10 ms: every job is asserted to do a bounded amount of work a call, and how long that takes is printed. A machine with other
/// work shows it in the longest call and not in the 99th of a hundred. Without the switch the same runs small.
/// </summary>
[Collection("alone")]
public sealed class MillionFlowsMeasuredTests(ITestOutputHelper output)
{
    /// <summary>Under one hold of the gate: CoreTable.SlotsUnderGate of the director.</summary>
    private const int SnapshotSlots = 1024;
    private static readonly ServiceKey Web = new(TransportProtocol.Tcp, Ip.Parse("192.0.2.100"), 80);
    private static readonly bool Measured = Environment.GetEnvironmentVariable("HALVS_MEASURE") == "1";
    private static readonly int Flows = Measured ? 1_000_000 : 20_000;
    private readonly byte[] _frame = [.. new byte[ForwardingCore.VirtioHeaderBytes], .. Wire.Tcp("1.0.0.0:1", "192.0.2.100:80", "S"), .. new byte[600]];
    private readonly byte[] _room = new byte[ForwardingCore.FrameBytes];

    /// <summary>The jobs in turn; each but the last leaves the table empty for the next.</summary>
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
        ChangeRules(director, Judge);
        TakeOver(director);
        Expire(director);
        SnapshotAsSource(director);
        EndOfSnapshot(director);
        LoseServer(director);
        DrainToTheDeadline(director);
        RetireServer(director);
        DropEntries(director);
        ClearServices(director);
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

    /// <summary>Other services, other servers, other settings: nothing of it looks at flows.</summary>
    private static void ChangeRules(TestDirector director, Action<string, Pauses> tell)
    {
        VirtualServiceConfig web = Assert.Single(director.Core.ExportServices());
        VirtualServiceConfig[] others = [.. Enumerable.Range(0, 200).Select(i => new VirtualServiceConfig(
            TransportProtocol.Tcp, web.Address, (ushort)(1000 + i), i % 2 == 0 ? "wlc" : "mh",
            [.. Enumerable.Range(1, 4).Select(n => new RealServerConfig(Ip.Parse($"10.0.{i}.{n}"), 80, n))]))];
        int flows = director.Core.ConnectionCount;
        (string What, Action Change)[] changes =
        [
            ("200 services more", () => director.Core.ApplyServices([web, .. others])),
            ("100 services fewer", () => director.Core.ApplyServices([web, .. others.Take(100)])),
            ("a weight", () => director.Core.EditServer(web.Key, web.Servers[0] with { Weight = 7 })),
            ("the settings", () => director.Core.Configure(director.Core.Options with { InternalMtu = 1400, Gateway = Ip.Parse("10.0.0.1") })),
            ("one service alone", () => director.Core.ApplyServices([web])),
        ];
        foreach ((string what, Action change) in changes)
        {
            Pauses pauses = new();
            pauses.Time(change);
            tell($"changed: {what}", pauses);
            while (director.Core.Work(director.Now))
            {
            }
        }

        Assert.Equal(flows, director.Core.ConnectionCount);
    }

    /// <summary>The standby's timers stand still, for longer than any flow lives, and start again.</summary>
    private void TakeOver(TestDirector director)
    {
        Pauses pauses = new();
        director.Core.SetTimersFrozen(true, director.Now);
        for (int ticks = 0; ticks < 9000; ticks++)
        {
            director.Now += 100;
            pauses.Time(() => director.Core.Tick(director.Now));
        }

        pauses.Time(() => director.Core.SetTimersFrozen(false, director.Now));
        Assert.Equal(Flows, director.Core.ConnectionCount);
        Judge("900 s on the standby, takeover", pauses);
    }

    /// <summary>Every flow ends in the same second, and packets of others come all the while.</summary>
    private void Expire(TestDirector director)
    {
        director.Now += 901_000;
        Slices(director, "expire", director.Core.Tick, ConnectionTable.TimerBudget * 2); // A tick and the slice of its Work.
        Assert.Equal(0, director.Core.ConnectionCount);
    }

    /// <summary>What the active does when its standby comes: the log is switched on, then pages are read.</summary>
    private void SnapshotAsSource(TestDirector director)
    {
        Fill(director, "");
        Pauses pauses = new();
        pauses.Time(() => director.Core.EnableChangeLog(true));
        Judge("change log switched on", pauses);
        List(director);
        ConnectionChange[] changes = new ConnectionChange[512];
        Pauses taken = new();
        int changed = 0;
        _frame[ForwardingCore.VirtioHeaderBytes + 33] = 17; // FIN, ACK.
        for (uint i = 0; i < Flows; i++)
        {
            Feed(director, i, 'F');
            changed += (i + 1) % changes.Length == 0 || i + 1 == Flows ? taken.Time(() => director.Core.TakeChanges(changes, director.Now)) : 0;
        }

        Assert.Equal(Flows, changed);
        Judge("changes taken, 512 a call", taken);
        director.Core.EnableChangeLog(false);
        director.Now += 130_000;
        Slices(director, "", director.Core.Tick, ConnectionTable.TimerBudget * 2);
    }

    /// <summary>Once with all of it confirmed, once with nothing.</summary>
    private void EndOfSnapshot(TestDirector director)
    {
        Fill(director, "");
        int cursor = 0;
        Pauses confirmed = new();
        while (cursor >= 0)
        {
            Assert.Equal(0, confirmed.Time(() => director.Core.EndRemoteSnapshot(ref cursor, SnapshotSlots)));
        }

        Judge("end of a snapshot, all confirmed", confirmed);
        Pauses pauses = new();
        pauses.Time(director.Core.BeginRemoteSnapshot);
        for (cursor = 0; cursor >= 0;)
        {
            Assert.InRange(pauses.Time(() => director.Core.EndRemoteSnapshot(ref cursor, SnapshotSlots)), 0, SnapshotSlots);
        }

        Assert.Equal(0, director.Core.ConnectionCount);
        Judge("end of a snapshot, none confirmed", pauses);
    }

    private void LoseServer(TestDirector director)
    {
        Fill(director, "");
        long ended = director.Core.Counters.EndedConnections;
        Pauses first = new();
        Assert.True(first.Time(() => director.Core.ServerLost(Web, Ip.Parse("10.0.0.2"), 80, director.Now)));
        Assert.True(EndAll(director, "server lost", ended) >= 2 * Flows);
        director.Now += 11_000;
        Slices(director, "", director.Core.Tick, ConnectionTable.TimerBudget * 2);
    }

    private void DrainToTheDeadline(TestDirector director)
    {
        Fill(director, "");
        long ended = director.Core.Counters.EndedConnections;
        Assert.Equal(ServiceOutcome.Done, director.Core.StartDrain(Web, Ip.Parse("10.0.0.2"), 80, TimeSpan.FromSeconds(60), true, director.Now));
        director.Now += 60_000;
        Pauses deadline = new();
        deadline.Time(() => director.Core.Tick(director.Now));
        Judge("drain deadline passed", deadline);
        EndAll(director, "drained server's flows end", ended);
        director.Now += 11_000;
        Slices(director, "", director.Core.Tick, ConnectionTable.TimerBudget * 2);
        Assert.Equal(ServiceOutcome.Done, director.Core.StopDrain(Web, Ip.Parse("10.0.0.2"), 80));
        Assert.Equal(ServiceOutcome.Done, director.Core.EditServer(Web, new RealServerConfig(Ip.Parse("10.0.0.2"), 80, 1)));
    }

    /// <summary>expire_nodest_conn: nobody is told.</summary>
    private void RetireServer(TestDirector director)
    {
        Fill(director, "");
        director.Core.Configure(director.Core.Options with { Ipvs = new IpvsSettings { ExpireNoDestConn = true } });
        Pauses deleted = new();
        deleted.Time(() => director.Core.DeleteServer(Web, Ip.Parse("10.0.0.2"), 80, director.Now));
        Judge("server deleted", deleted);
        Slices(director, "deleted server's flows end", null, ServerRetirement.RemovalsPerCall);
        Assert.Equal(ServiceOutcome.Done, director.Core.AddServer(Web, new RealServerConfig(Ip.Parse("10.0.0.2"), 80, 1)));
    }

    /// <summary>drop_entry against a table full of half-open connections.</summary>
    private void DropEntries(TestDirector director)
    {
        Every(director, null, "S");
        director.Core.Configure(director.Core.Options with { Ipvs = new IpvsSettings { DropEntry = 3 } });
        Slices(director, "drop_entry, every entry", now => director.Core.Tick(director.Now += 1000), (ConnectionTable.TimerBudget + Defense.SlotsPerCall) * 2);
        director.Core.Configure(director.Core.Options with { Ipvs = new IpvsSettings() });
    }

    private void ClearServices(TestDirector director)
    {
        Fill(director, "");
        VirtualServiceConfig web = Assert.Single(director.Core.ExportServices());
        director.Core.ApplyServices([web with { OnServerLoss = ServerLoss.Reset }]);
        long ended = director.Core.Counters.EndedConnections;
        Pauses pauses = new();
        pauses.Time(() => director.Core.ClearServices(director.Now));
        Judge("services cleared", pauses);
        EndAll(director, "their flows end", ended);
        Assert.Empty(director.Core.SnapshotServices());
    }

    /// <summary>Slices of work until nothing is left, with as many resets in each as there may be. Returns how many left.</summary>
    private int EndAll(TestDirector director, string what, long endedBefore)
    {
        Pauses pauses = new();
        int resets = 0;
        bool more = true;
        while (more)
        {
            long ended = director.Core.Counters.EndedConnections;
            more = pauses.Time(() => director.Core.Work(director.Now));
            Assert.InRange(director.Core.Counters.EndedConnections - ended, 0, LostServers.ResetsPerCall);
            while (director.Core.TakePending(_room) > 0)
            {
                resets++;
            }
        }

        Assert.Equal(Flows, director.Core.Counters.EndedConnections - endedBefore);
        Judge($"{what}, a slice", pauses);
        return resets;
    }

    /// <summary>A tick every 100 ms, with slices of work between packets: none ends more flows than it may.</summary>
    private void Slices(TestDirector director, string what, Action<long>? tick, int most)
    {
        Pauses pauses = new();
        for (int ticks = 0; director.Core.ConnectionCount > 0 && ticks < 20_000; ticks++)
        {
            int before = director.Core.ConnectionCount;
            if (tick is not null && ticks % 20 == 0)
            {
                director.Now += 100;
                pauses.Time(() => tick(director.Now));
            }

            pauses.Time(() => director.Core.Work(director.Now));
            Assert.InRange(before - director.Core.ConnectionCount, 0, most);
        }

        Assert.Equal(0, director.Core.ConnectionCount);
        Assert.True(TableCheck.IsWhole(director.Core));
        if (what.Length > 0)
        {
            Judge($"{what}, a slice", pauses);
        }
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

            ChangeRules(director, (_, _) => { });
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
        uint mixed = (uint)(i * 2_654_435_761ul % (ulong)Flows); // Each once, not in the order of insertion: no help from the cache.
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
        new TestDirector(o => o with { Capacity = Flows, SynProxy = new() { Mode = SynProxyMode.Off } }).Service("192.0.2.100:80/tcp", "rr", "10.0.0.2:80");

    private void PerFlow(string what, TimeSpan elapsed) => Print(what, $"{elapsed.TotalNanoseconds / Flows:N0} ns a flow");

    private void Judge(string what, Pauses pauses) => Print(
        what,
        $"longest {pauses.Longest.TotalMilliseconds:N2} ms, 99 % within {pauses.Within(0.99).TotalMilliseconds:N2} ms, "
        + $"all {pauses.All.TotalMilliseconds:N0} ms in {pauses.Count} calls");

    private void Print(string what, string figure) => output.WriteLine($"{Flows,9:N0} flows | {what,-32} | {figure}");

    private sealed class Pauses
    {
        private readonly List<TimeSpan> _each = [];

        public TimeSpan Longest => _each.Max();

        public TimeSpan All => new(_each.Sum(t => t.Ticks));

        public int Count => _each.Count;

        public TimeSpan Within(double share) => _each.Order().ElementAt((int)((_each.Count - 1) * share));

        public T Time<T>(Func<T> work)
        {
            long start = Stopwatch.GetTimestamp();
            T result = work();
            _each.Add(Stopwatch.GetElapsedTime(start));
            return result;
        }

        public void Time(Action work) => Time(() =>
        {
            work();
            return 0;
        });
    }
}
