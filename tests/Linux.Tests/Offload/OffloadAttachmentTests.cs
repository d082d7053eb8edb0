using System.Diagnostics;
using HaLvs.Linux.Netlink;
using HaLvs.Linux.Offload;
using Xunit.Abstractions;

namespace HaLvs.Linux.Tests.Offload;

/// <summary>Attaching, what is found there, and what is left behind: nothing.</summary>
public sealed class OffloadAttachmentTests(ITestOutputHelper output)
{
    private static readonly OffloadLimits Small = new(4, 4, 4);

    [Theory]
    [InlineData(OffloadMode.Tc)]
    [InlineData(OffloadMode.Xdp)]
    public void Dispose_AttachedProgram_LeavesNothing(OffloadMode mode) => In((space, index) =>
    {
        uint id;
        using (OffloadProgram program = OffloadProgram.Load(Small))
        {
            id = BpfPrograms.IdOf(program.Program(mode));
            using OffloadAttachment attachment = program.Attach(index, mode, OffloadSides.Both);
            Assert.Equal((index, mode), (attachment.InterfaceIndex, attachment.Mode));
            Assert.True(IsAttached(space, index, mode));
        }

        Assert.False(IsAttached(space, index, mode));
        Assert.DoesNotContain("clsact", Qdiscs(space), StringComparison.Ordinal);
        Assert.True(Vanishes(id), "the program is still in the kernel");
    });

    /// <summary>A process that died left its program at the interface: the next life takes its place, and leaves nothing either.</summary>
    [Theory]
    [InlineData(OffloadMode.Tc)]
    [InlineData(OffloadMode.Xdp)]
    public void Attach_LeftoverOfADeadLife_IsReplaced(OffloadMode mode) => In((space, index) =>
    {
        uint dead;
        using (OffloadProgram crashed = OffloadProgram.Load(Small))
        {
            dead = BpfPrograms.IdOf(crashed.Program(mode));
            _ = crashed.Attach(index, mode, OffloadSides.Both);
        }

        Assert.True(IsAttached(space, index, mode));
        using (OffloadProgram program = OffloadProgram.Load(Small))
        using (program.Attach(index, mode, OffloadSides.Both))
            Assert.True(Vanishes(dead), "the leftover is still there");
        Assert.False(IsAttached(space, index, mode));
        Assert.DoesNotContain("clsact", Qdiscs(space), StringComparison.Ordinal);
    });

    [Fact]
    public void Attach_FiltersOfOthers_AreNeverTouched() => In((space, index) =>
    {
        using FileDescriptor stranger = Stranger.Load(Stranger.SchedulerClassifier, verdict: 0);
        using OffloadProgram program = OffloadProgram.Load(Small);
        Stranger.AttachTc(stranger, index, priority: 10, handle: 1);
        program.Attach(index, OffloadMode.Tc, OffloadSides.Both).Dispose();
        Assert.Contains("stranger", Filters(space), StringComparison.Ordinal);
        Stranger.AttachTc(stranger, index, priority: 147, handle: 1);
        OffloadException refused = Assert.Throws<OffloadException>(() => program.Attach(index, OffloadMode.Tc, OffloadSides.Both));
        output.WriteLine(refused.Message);
        Assert.Equal(OffloadRefusal.Occupied, refused.Refusal);
        Assert.Matches("pref 10 .*stranger[^\0]*pref 147 .*stranger", Filters(space));
    });

    [Fact]
    public void Attach_XdpProgramOfAnother_IsNeverTouched() => In((_, index) =>
    {
        using FileDescriptor stranger = Stranger.Load(Stranger.Xdp, verdict: 2);
        using OffloadProgram program = OffloadProgram.Load(Small);
        Stranger.AttachXdp(stranger, index);
        OffloadException refused = Assert.Throws<OffloadException>(() => program.Attach(index, OffloadMode.Xdp, OffloadSides.Both));
        output.WriteLine(refused.Message);
        Assert.Equal(OffloadRefusal.Occupied, refused.Refusal);
        Assert.Equal(BpfPrograms.IdOf(stranger), Stranger.XdpAt(index));
    });

    [Theory]
    [InlineData(OffloadMode.Tc)]
    [InlineData(OffloadMode.Xdp)]
    public void Attach_InterfaceThatCannot_IsRefusedInWords(OffloadMode mode) => In((space, _) =>
    {
        using OffloadProgram program = OffloadProgram.Load(Small);
        OffloadException absent = Assert.Throws<OffloadException>(() => program.Attach(4711, mode, OffloadSides.Both));
        using TunDevice tun = TunDevice.Open("halvs0");
        using Rtnetlink netlink = new();
        OffloadException unable = Assert.Throws<OffloadException>(() => program.Attach(netlink.Link("halvs0").Index, mode, OffloadSides.Both));
        output.WriteLine($"{absent.Message} | {unable.Message}");
        Assert.Equal((OffloadRefusal.Unable, OffloadRefusal.Unable), (absent.Refusal, unable.Refusal));
    });

    [Fact]
    public void Dispose_InterfaceThatVanished_IsNoError() => In((space, index) =>
    {
        using OffloadProgram program = OffloadProgram.Load(Small);
        OffloadAttachment tc = program.Attach(index, OffloadMode.Tc, OffloadSides.Both);
        OffloadAttachment xdp = program.Attach(index, OffloadMode.Xdp, OffloadSides.Both);
        space.Ip("link delete e0");
        tc.Dispose();
        xdp.Dispose();
    });

    [Fact]
    public void Choice_OfAVeth_IsTcWithItsReason() => In((_, _) =>
    {
        OffloadChoice choice = OffloadChoice.For("e0");
        output.WriteLine(choice.Why);
        Assert.Equal(OffloadMode.Tc, choice.Mode);
        Assert.Contains("veth", choice.Why, StringComparison.Ordinal);
        Assert.Equal(OffloadMode.Tc, OffloadChoice.For("no-such-name").Mode);
        Assert.Equal(OffloadMode.Xdp, OffloadChoice.ForDriver("ixgbe").Mode);
        Assert.All(["virtio_net", "802.1Q VLAN Support", "bonding", "bridge", "tun"], d => Assert.Equal(OffloadMode.Tc, OffloadChoice.ForDriver(d).Mode));
    });

    private void In(Action<TestNamespace, int> work)
    {
        if (!TestNamespace.Possible(output.WriteLine) || !OffloadBench.Possible(output.WriteLine))
            return;
        using TestNamespace space = new();
        space.Run(() =>
        {
            using Rtnetlink netlink = new();
            work(space, netlink.Link("e0").Index);
        });
    }

    private static bool IsAttached(TestNamespace space, int index, OffloadMode mode) =>
        mode == OffloadMode.Xdp ? Stranger.XdpAt(index) != 0 : Filters(space).Contains("halvs_nat_tc", StringComparison.Ordinal);

    private static string Filters(TestNamespace space) => TestNamespace.Shell($"tc -n {space.Name} filter show dev e0 ingress 2>&1 || true");

    private static string Qdiscs(TestNamespace space) => TestNamespace.Shell($"tc -n {space.Name} qdisc show dev e0");

    /// <summary>The kernel frees a program after its readers are gone.</summary>
    private static bool Vanishes(uint id)
    {
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(5); Thread.Sleep(5))
        {
            using FileDescriptor? there = BpfPrograms.Find(id);
            if (there is null)
                return true;
        }

        return false;
    }
}
