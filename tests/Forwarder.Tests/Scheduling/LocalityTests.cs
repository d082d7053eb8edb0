using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Scheduling;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Tests.Scheduling;

/// <summary>lblc and lblcr beyond what records show: time, memory, servers that come back.</summary>
public sealed class LocalityTests
{
    private const int HalfHour = 30 * 60_000;

    [Theory]
    [InlineData("lblc")]
    [InlineData("lblcr")]
    public void Schedule_EntryExpired_GoneAtTheHalfHourlyCheckOnly(string scheduler)
    {
        TimeSpan expiration = TimeSpan.FromMinutes(5);
        ServiceBench bench = new(scheduler, settings: new IpvsSettings { LblcExpiration = expiration, LblcrExpiration = expiration });
        bench.Add(2, 100).Add(3, 100);
        Assert.Equal("3", bench.Name(to: "203.0.113.1"));
        bench[3].Bind(ConnectionState.Established);
        bench.Now += HalfHour - 1;
        Assert.Equal("3", bench.Name(to: "203.0.113.1")); // Long expired, but nobody has looked; and used again.
        bench.Now += HalfHour;
        Assert.Equal("3", bench.Name(to: "203.0.113.1")); // The check found it used a moment ago.
        bench.Now += HalfHour + 1;
        Assert.Equal("2", bench.Name(to: "203.0.113.1"));
    }

    [Theory]
    [InlineData("lblc")]
    [InlineData("lblcr")]
    public void Schedule_MoreAddressesThanFit_TheLeastRecentlyUsedForgotten(string scheduler)
    {
        ServiceBench bench = new(scheduler);
        bench.Add(2, 60_000).Add(3, 60_000);
        Assert.Equal("3", bench.Name(to: Address(0)));
        Assert.Equal("3", bench.Name(to: Address(1)));
        bench[3].Bind(ConnectionState.Established);
        for (int i = 2; i <= AddressCache.Capacity; i++)
        {
            Assert.Equal("2", bench.Name(to: Address(i)));
            Assert.Equal("3", bench.Name(to: Address(0)));
        }

        Assert.Equal("3", bench.Name(to: Address(0)));
        Assert.Equal("2", bench.Name(to: Address(1)));
    }

    /// <summary>In the kernel the entry keeps a removed server alive; adding it again finds the same one.</summary>
    [Theory]
    [InlineData("lblc")]
    [InlineData("lblcr")]
    public void Schedule_IdleServerRemovedAndAdded_AddressGoesBackToIt(string scheduler)
    {
        ServiceBench bench = new(scheduler);
        bench.Add(2).Add(3);
        Assert.Equal("3", bench.Name(to: "203.0.113.1"));
        RealServer before = bench[3];
        bench.Remove(3);
        bench.Add(3);
        Assert.NotSame(before, bench[3]);
        bench[3].Bind(ConnectionState.TimeWait);
        Assert.Equal("2", bench.Name(to: "203.0.113.2"));
        Assert.Equal("3", bench.Name(to: "203.0.113.1"));
    }

    [Fact]
    public void Schedule_LblcrMembersRunOut_OldAddressesGiveTheirs()
    {
        ServiceBench bench = new("lblcr");
        for (int host = 2; host < 12; host++)
        {
            bench.Add(host, 2);
        }

        // Every address collects all ten servers: five times the memory for members.
        for (int i = 0; i < AddressCache.Capacity; i++)
        {
            bench.Now++;
            Collect(bench, Address(i));
        }

        bench[11].Bind(ConnectionState.TimeWait);
        Assert.Equal("2", bench.Name(to: Address(AddressCache.Capacity - 1))); // The member that joined last is met first.
        Assert.Equal("10", bench.Name(to: Address(0))); // Forgotten: the first of the list that is idle.
    }

    [Fact]
    public void Entries_RandomUse_SameAsListInOrderOfUse()
    {
        Random random = new(3);
        AddressCache cache = new();
        List<(int Entry, uint Address)> model = []; // Oldest first.
        for (int step = 0; step < 60_000; step++)
        {
            uint address = (uint)random.Next(400);
            int at = model.FindIndex(m => m.Address == address);
            Assert.Equal(at < 0 ? 0 : model[at].Entry, cache.Find(Packets.Ip.FromV4(address)));
            (int Entry, uint Address) known = at < 0 ? default : model[at];
            if (at >= 0)
            {
                model.RemoveAt(at);
            }

            if (at >= 0 && random.Next(3) == 0)
            {
                cache.Remove(known.Entry);
            }
            else
            {
                known = at < 0 ? (cache.Add(Packets.Ip.FromV4(address), step), address) : known;
                cache.Use(known.Entry, step);
                model.Add(known);
            }

            Assert.Equal((model.Count, model.FirstOrDefault().Entry), (cache.Count, cache.Oldest));
        }
    }

    /// <summary>Each server in its turn is crowded, so that the next joins.</summary>
    private static void Collect(ServiceBench bench, string address)
    {
        List<RealServer> bound = [];
        for (int i = 0; i < 10; i++)
        {
            RealServer server = bench.Pick(to: address)!;
            for (int n = 0; n < 3; n++)
            {
                server.Bind(ConnectionState.Established);
            }

            bound.Add(server);
        }

        bound.ForEach(s => Array.ForEach([1, 2, 3], _ => s.Unbind(ConnectionState.Established)));
    }

    private static string Address(int i) => $"203.{i >> 16}.{(i >> 8) & 255}.{i & 255}";
}
