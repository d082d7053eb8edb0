using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Services;

/// <summary>Several changes as one: the same table and the same picks as one by one, with what is costly made once.</summary>
public sealed class TogetherTests
{
    private static readonly ServiceKey Web = new(TransportProtocol.Tcp, Ip.Parse(TestDirector.Vip), 80);

    [Theory]
    [InlineData("rr")]
    [InlineData("wrr")]
    [InlineData("wlc")]
    [InlineData("sh")]
    [InlineData("dh")]
    [InlineData("mh")]
    [InlineData("mhr")]
    [InlineData("lblcr")]
    public void Together_ChangesInARow_PicksAsOneByOne(string scheduler)
    {
        TestDirector single = new();
        TestDirector together = new();
        Change(single.Core, scheduler);
        long before = together.Core.FactsRenewed;
        together.Core.Together(() => Change(together.Core, scheduler));
        Assert.Equal(before + 1, together.Core.FactsRenewed);
        Assert.Equal(single.Core.ExportServices().SelectMany(s => s.Servers), together.Core.ExportServices().SelectMany(s => s.Servers));
        Assert.Equal(Picks(single), Picks(together));
    }

    [Theory]
    [InlineData("mh")]
    [InlineData("mhr")]
    public void Together_ThenSingleChangesAndWork_PicksAsOneByOne(string scheduler)
    {
        TestDirector single = new();
        TestDirector together = new();
        Change(single.Core, scheduler);
        together.Core.Together(() => Change(together.Core, scheduler));
        foreach (ForwardingCore core in new[] { single.Core, together.Core })
        {
            core.AddServer(Web, new RealServerConfig(Ip.Parse("10.0.0.9"), 80, 3));
            core.DeleteServer(Web, Ip.Parse("10.0.0.2"), 80, 0);
        }

        Assert.False(together.Core.Work(together.Now));
        Assert.Equal(Picks(single), Picks(together));
    }

    [Fact]
    public void Together_FirstPickMakesTheTable_WithoutAllocation()
    {
        TestDirector director = new();
        director.Core.Together(() => Change(director.Core, "mh"));
        new TcpConversation(director, "198.51.100.7:40000", "192.0.2.100:80").Open(); // All code on the way is compiled.
        byte[] frame = new byte[ForwardingCore.FrameBytes];
        byte[] syn = Wire.Tcp("198.51.100.8:40000", "192.0.2.100:80", "S");
        syn.CopyTo(frame, ForwardingCore.VirtioHeaderBytes);
        director.Core.Together(() => director.Core.AddServer(Web, new RealServerConfig(Ip.Parse("10.0.0.9"), 80, 3)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int length = director.Core.Process(frame, ForwardingCore.VirtioHeaderBytes + syn.Length, director.Now);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0, length);
    }

    [Fact]
    public void Together_ThrowsInTheMiddle_WhatIsThereServes()
    {
        TestDirector director = new();
        Assert.Throws<InvalidOperationException>(() => director.Core.Together(() =>
        {
            Change(director.Core, "mh");
            throw new InvalidOperationException("a defect");
        }));
        Assert.StartsWith("10.0.0.", new TcpConversation(director, "198.51.100.7:40000", "192.0.2.100:80").Open());
        long facts = director.Core.FactsRenewed;
        director.Core.DeleteServer(Web, Ip.Parse("10.0.0.5"), 80, director.Now);
        Assert.Equal(facts + 1, director.Core.FactsRenewed);
    }

    private static void Change(ForwardingCore core, string scheduler)
    {
        Assert.Equal(ServiceOutcome.Done, core.AddService(new VirtualServiceConfig(TransportProtocol.Tcp, Web.Address, 80, scheduler, [])));
        for (int i = 2; i < 8; i++)
        {
            Assert.Equal(ServiceOutcome.Done, core.AddServer(Web, new RealServerConfig(Ip.Parse($"10.0.0.{i}"), 80, i)));
        }

        Assert.Equal(ServiceOutcome.Done, core.DeleteServer(Web, Ip.Parse("10.0.0.3"), 80, 0));
        Assert.Equal(ServiceOutcome.Done, core.EditServer(Web, new RealServerConfig(Ip.Parse("10.0.0.4"), 80, 9)));
    }

    private static List<string?> Picks(TestDirector director) =>
        [.. Enumerable.Range(1, 60).Select(i => new TcpConversation(director, $"198.51.100.{i}:40000", "192.0.2.100:80").Open())];
}
