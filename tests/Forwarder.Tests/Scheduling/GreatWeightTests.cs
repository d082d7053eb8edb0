using HaLvs.Forwarder.Scheduling;

namespace HaLvs.Forwarder.Tests.Scheduling;

/// <summary>Weights up to 65,535, the kernel's greatest, and above: no overflow, no endless round, the light server nearly idle.</summary>
public sealed class GreatWeightTests
{
    public static TheoryData<string> Schedulers => [.. SchedulerNames.All.Where(name => name != "none")];

    [Theory]
    [MemberData(nameof(Schedulers))]
    public void Schedule_65535BesideOne_PicksAndSharesByWeight(string scheduler)
    {
        ServiceBench bench = new ServiceBench(scheduler).Add(2, 65_535).Add(3, 1);
        string[] names = bench.Names(400, bind: true).Split(' ');
        Assert.DoesNotContain("-", names);
        if (scheduler is not ("rr" or "lc" or "dh"))
        {
            Assert.InRange(names.Count(n => n == "2"), scheduler == "mh" ? 390 : 397, 400); // mh: at most 63 to 1, as the kernel's rounding has it.
        }

        bench.Edit(2, int.MaxValue);
        bench.Edit(3, 65_535);
        Assert.DoesNotContain("-", bench.Names(400, bind: true).Split(' '));
    }
}
