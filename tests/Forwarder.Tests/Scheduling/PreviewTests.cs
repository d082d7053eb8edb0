using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Scheduling;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Tests.Scheduling;

/// <summary>What every scheduler must keep, over random lives of a service.</summary>
public sealed class PreviewTests
{
    private static readonly SchedulerOptions[] Flags = [SchedulerOptions.None, SchedulerOptions.Fallback, SchedulerOptions.Port, SchedulerOptions.Fallback | SchedulerOptions.Port];

    public static TheoryData<string> Schedulers() => [.. SchedulerNames.All];

    [Theory]
    [MemberData(nameof(Schedulers))]
    public void Preview_RandomLife_IsTheNextPickAndChangesNothing(string scheduler)
    {
        int picked = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            Random random = new(seed);
            ServiceBench bench = new(scheduler, Flags[seed % 4], TimeSpan.FromSeconds(seed % 3 * 20), new IpvsSettings { LblcrExpiration = TimeSpan.FromSeconds(20) });
            List<(RealServer Server, ConnectionState State)> open = [];
            for (int step = 0; step < 400; step++)
            {
                Live(bench, open, random);
                NewConnection connection = bench.From((uint)random.Next(50), (ushort)random.Next(40_000, 40_010), $"203.0.113.{random.Next(8)}");
                RealServer? preview = bench.Service.Preview(in connection);
                Assert.Same(preview, bench.Service.Preview(in connection));
                RealServer? pick = bench.Service.Schedule(in connection);
                Assert.Same(preview, pick);
                picked += pick is null ? 0 : 1;
                Assert.True(pick is not { IsConfigured: false } and not { Weight: 0 }, "A server was picked that is gone or quiesced.");
                Assert.True(pick is null || !pick.IsOverloaded || scheduler == "lblc", "An overloaded server was picked.");
                if (pick is not null && random.Next(2) == 0)
                {
                    ConnectionState state = random.Next(3) == 0 ? ConnectionState.TimeWait : ConnectionState.Established;
                    pick.Bind(state);
                    open.Add((pick, state));
                }
            }
        }

        Assert.True(picked > 1_200, $"Only {picked} of 4800 picks found a server: the test says little.");
    }

    [Theory]
    [MemberData(nameof(Schedulers))]
    public void Schedule_ManyPicks_NeverAllocates(string scheduler)
    {
        ServiceBench bench = new(scheduler, SchedulerOptions.Fallback);
        bench.Add(2, 3, upper: 40).Add(3, 2).Add(4);
        NewConnection[] connections = [.. Enumerable.Range(0, 40_000).Select(i => bench.From((uint)i, (ushort)i, $"203.{i >> 16}.{(i >> 8) & 255}.{i & 255}"))];
        long best = long.MaxValue;
        for (int attempt = 0; attempt < 5 && best != 0; attempt++) // The runtime's own work (tiering) may fall into one.
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (ref NewConnection connection in connections.AsSpan())
            {
                bench.Service.Preview(in connection);
                bench.Service.Schedule(in connection)?.Bind(ConnectionState.Established);
            }

            best = Math.Min(best, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, best);
    }

    private static void Live(ServiceBench bench, List<(RealServer Server, ConnectionState State)> open, Random random)
    {
        int host = random.Next(2, 8);
        bool isConfigured = bench.Service.Servers.Any(s => (s.Key.Address.V4 & 255) == host);
        bench.Now += random.Next(2_000);
        bench.Service.Tick(bench.Now);
        switch (random.Next(12))
        {
            case 0 when isConfigured && bench.Service.Servers.Count > 2:
                bench.Remove(host);
                break;
            case 1 or 2 or 3 when !isConfigured:
                bench.Add(host, random.Next(6), (uint)random.Next(4) * 5, 0);
                break;
            case 4 when isConfigured:
                bench.Edit(host, random.Next(6), 12, (uint)random.Next(12));
                break;
            case 5 or 6 or 7 or 8 when open.Count > 0:
                (RealServer server, ConnectionState state) = open[random.Next(open.Count)];
                open.Remove((server, state));
                server.Unbind(state);
                break;
            case 9 when random.Next(20) == 0:
                bench.Now += 45 * 60_000;
                break;
        }
    }
}
