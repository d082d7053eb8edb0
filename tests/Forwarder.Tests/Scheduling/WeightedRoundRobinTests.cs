using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Tests.Scheduling;

public sealed class WeightedRoundRobinTests
{
    [Fact]
    public void Schedule_WeightsFiveThreeOne_BurstsOfTheHeaviest()
    {
        ServiceBench bench = new("wrr");
        bench.Add(2, 5).Add(3, 3).Add(4, 1);
        Assert.Equal("4 3 2 2 2 3 2 3 2 4 3 2", bench.Names(12));
    }

    [Fact]
    public void Schedule_AllOverloadedWithGreatWeights_RefusesAtOnce()
    {
        ServiceBench bench = new("wrr");
        for (int host = 2; host < 202; host++)
        {
            bench.Add(host, 65_535 - host, upper: 1);
            bench[host].Bind(ConnectionState.Established);
        }

        long start = Environment.TickCount64;
        Assert.DoesNotContain(Enumerable.Range(0, 10_000), i => bench.Pick((uint)i) is not null);
        Assert.True(Environment.TickCount64 - start < 5_000, "Level by level this takes minutes.");
    }

    /// <summary>The search that goes down one level at a time and looks at every server, with the rules for giving up written out.</summary>
    [Fact]
    public void Schedule_RandomLives_SameAsLevelByLevel()
    {
        int refused = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            ServiceBench bench = new("wrr");
            LevelByLevel slow = new();
            List<RealServer> open = [];
            for (int step = 0; step < 200; step++)
            {
                if (Edit(bench, random))
                {
                    slow.Changed([.. bench.Service.Servers]);
                }

                RealServer? pick = bench.Pick();
                Assert.Same(slow.Pick([.. bench.Service.Servers]), pick);
                refused += pick is null && bench.Service.Servers.Any(s => s.Weight > 0) ? 1 : 0;
                if (pick is not null)
                {
                    pick.Bind(ConnectionState.Established);
                    open.Add(pick);
                }

                for (int i = random.Next(3); i > 0 && open.Count > 0; i--)
                {
                    open[0].Unbind(ConnectionState.Established);
                    open.RemoveAt(0);
                }
            }
        }

        Assert.True(refused > 500, $"Only {refused} picks met nothing but overloaded servers.");
    }

    private static bool Edit(ServiceBench bench, Random random)
    {
        int host = random.Next(2, 6);
        bool isConfigured = bench.Service.Servers.Any(s => (s.Key.Address.V4 & 255) == host);
        int weight = random.Next(5) * random.Next(1, 4);
        switch (random.Next(12), isConfigured)
        {
            case (0, true): bench.Remove(host); return true;
            case (0 or 1 or 2, false): bench.Add(host, weight, upper: (uint)random.Next(1, 5)); return true;
            case (1, true): bench.Edit(host, weight, upper: (uint)random.Next(1, 5)); return true;
            default: return false;
        }
    }

    private sealed class LevelByLevel
    {
        private int _at = -1;
        private int _level;
        private int _step = 1;
        private int _top;

        public void Changed(RealServer[] servers)
        {
            int[] weights = [.. servers.Select(s => s.Weight).Where(w => w > 0)];
            _step = weights.Length == 0 ? 1 : weights.Aggregate((a, b) => (int)System.Numerics.BigInteger.GreatestCommonDivisor(a, b));
            _top = weights.DefaultIfEmpty(0).Max() - _step + 1;
            _at = -1;
            _level = _level > _top || _level == 0 ? _top : _step > 1 ? (_level / _step * _step) + 1 : _level;
        }

        public RealServer? Pick(RealServer[] servers)
        {
            if (_top == 0)
            {
                return null;
            }

            int begin = _at;
            bool partOfLowest = begin >= 0 && _level <= _step;
            for (int asked = begin + 1; ; asked++)
            {
                if (asked >= servers.Length)
                {
                    bool wholeLowest = _level <= _step && !partOfLowest;
                    _level = _level - _step > 0 ? _level - _step : _top;
                    if (wholeLowest)
                    {
                        _at = -1;
                        return null;
                    }

                    if (partOfLowest && _level <= _step)
                    {
                        return FinishLowest(servers, begin);
                    }

                    asked = -1;
                    continue;
                }

                if (!servers[asked].IsOverloaded && servers[asked].Weight >= _level)
                {
                    _at = asked;
                    return servers[asked];
                }
            }
        }

        private RealServer? FinishLowest(RealServer[] servers, int until)
        {
            int found = Array.FindIndex(servers, 0, until + 1, s => !s.IsOverloaded && s.Weight >= _level);
            _at = found >= 0 ? found : until;
            return found >= 0 ? servers[found] : null;
        }
    }
}
