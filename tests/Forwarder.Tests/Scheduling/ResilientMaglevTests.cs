using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Tests.Scheduling;

public sealed class ResilientMaglevTests
{
    private const int Clients = 20_000;

    [Fact]
    public void Schedule_ServerAdded_OnlyItsShareMoves()
    {
        ServiceBench bench = Five();
        string[] before = Owners(bench);
        bench.Add(7, 2);
        string[] after = Owners(bench);
        Assert.All(before.Zip(after).Where(p => p.First != p.Second), p => Assert.Equal("7", p.Second));
        Assert.InRange(after.Count(o => o == "7"), Clients * 2 / 12.0 * 0.9, Clients * 2 / 12.0 * 1.1);
    }

    /// <summary>What mhr is for. In mh a change moves clients among servers that did not change.</summary>
    [Theory]
    [InlineData("mh")]
    [InlineData("mhr")]
    public void Schedule_Changes_OthersKeepTheirClientsWithMhrOnly(string scheduler)
    {
        int needless = 0;
        needless += Needless(scheduler, 7, bench => bench.Add(7, 2));
        needless += Needless(scheduler, 4, bench => bench.Remove(4));
        needless += Needless(scheduler, 4, bench => bench.Edit(4, 1));
        Assert.Equal(scheduler == "mh", needless > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Schedule_ServerRemovedOrQuiesced_OnlyItsClientsMoveAndComeBack(bool remove)
    {
        ServiceBench bench = Five();
        string[] before = Owners(bench);
        if (remove)
        {
            bench.Remove(4);
        }
        else
        {
            bench.Edit(4, 0);
        }

        string[] without = Owners(bench);
        Assert.All(before.Zip(without).Where(p => p.First != "4"), p => Assert.Equal(p.First, p.Second));
        Assert.DoesNotContain("4", without);
        if (remove)
        {
            bench.Add(4, 3);
        }
        else
        {
            bench.Edit(4, 3);
        }

        Assert.Equal(before, Owners(bench));
    }

    [Fact]
    public void Schedule_Overloaded_ClientsGoToTheNextBestMeanwhile()
    {
        ServiceBench bench = Five();
        string[] before = Owners(bench);
        bench.Edit(4, 3, upper: 1);
        bench[4].Bind(ConnectionState.Established);
        string[] meanwhile = Owners(bench);
        bench.Edit(4, 0);
        Assert.Equal(Owners(bench), meanwhile);
        bench.Edit(4, 3, upper: 1);
        bench[4].Unbind(ConnectionState.Established);
        Assert.Equal(before, Owners(bench));
    }

    [Fact]
    public void Schedule_AnyHistory_SameTable()
    {
        Random random = new(7);
        ServiceBench lively = Five();
        for (int i = 0; i < 60; i++)
        {
            int host = random.Next(10, 14);
            bool isThere = lively.Service.Servers.Any(s => (s.Key.Address.V4 & 255) == host);
            Change(lively, host, isThere, random);
        }

        ServiceBench quiet = new("mhr");
        foreach (RealServer server in lively.Service.Servers)
        {
            quiet.Add((int)(server.Key.Address.V4 & 255), server.Weight);
        }

        Assert.Equal(Owners(quiet), Owners(lively));
    }

    [Fact]
    public void Schedule_Weights_SharesInProportion()
    {
        ServiceBench bench = Five();
        ILookup<string, string> shares = Owners(bench).ToLookup(o => o);
        foreach ((string host, int weight) in new[] { ("2", 1), ("3", 2), ("4", 3), ("5", 1), ("6", 3) })
        {
            Assert.InRange(shares[host].Count(), Clients * weight / 10.0 * 0.93, Clients * weight / 10.0 * 1.07);
        }
    }

    [Fact]
    public void Schedule_PortFlag_SpreadsOneClient()
    {
        ServiceBench bench = new("mhr", SchedulerOptions.Port);
        bench.Add(2).Add(3).Add(4);
        Assert.Equal(3, Enumerable.Range(1024, 100).Select(p => bench.Name(1, (ushort)p)).Distinct().Count());
        ServiceBench without = new("mhr");
        without.Add(2).Add(3).Add(4);
        Assert.Single(Enumerable.Range(1024, 100).Select(p => without.Name(1, (ushort)p)).Distinct());
    }

    /// <summary>Clients that go from a server that did not change to another that did not.</summary>
    private static int Needless(string scheduler, int changed, Action<ServiceBench> change)
    {
        ServiceBench bench = new(scheduler);
        bench.Add(2, 1).Add(3, 2).Add(4, 3).Add(5, 1).Add(6, 3);
        string[] before = Owners(bench);
        change(bench);
        return before.Zip(Owners(bench)).Count(p => p.First != p.Second && p.First != $"{changed}" && p.Second != $"{changed}");
    }

    private static void Change(ServiceBench bench, int host, bool isThere, Random random)
    {
        if (!isThere)
        {
            bench.Add(host, random.Next(4));
        }
        else if (random.Next(2) == 0)
        {
            bench.Edit(host, random.Next(4));
        }
        else
        {
            bench.Remove(host);
        }
    }

    private static ServiceBench Five()
    {
        ServiceBench bench = new("mhr");
        return bench.Add(2, 1).Add(3, 2).Add(4, 3).Add(5, 1).Add(6, 3);
    }

    private static string[] Owners(ServiceBench bench) => [.. Enumerable.Range(0, Clients).Select(i => bench.Name(0xc633_6400 + (uint)(i * 7)))];
}
