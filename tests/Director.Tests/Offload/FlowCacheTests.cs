using HaLvs.Director.Loops;
using HaLvs.Director.Offload;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;
using HaLvs.Linux.Offload;
using HaLvs.Linux.Packets;
using NextHops = HaLvs.Director.Offload.NextHops;

namespace HaLvs.Director.Tests.Offload;

/// <summary>The core's orders, carried out on a kernel that remembers them.</summary>
public sealed class FlowCacheTests
{
    private readonly TestDirector _director = new TestDirector().Service("192.0.2.100:53/udp", "rr", "10.0.0.2:53");
    private readonly FakeProgram _program = new();
    private readonly FlowCache _cache;

    public FlowCacheTests() =>
        _cache = new FlowCache(new DataPlane(_director.Core), _program, new NextHops(new StraightNetwork(), (_, _) => { }, 100));

    [Fact]
    public void Work_FlowGivenAndEnded_InsertedWithBothWaysAndRemoved()
    {
        _cache.Work();
        Answered(1);
        _cache.Work();
        FlowEntry flow = Assert.Single(_program.Flows);
        Assert.Equal("10.0.0.2", $"{flow.Order.Record.Server}");
        Assert.True(flow.ToServer != NextHops.None && flow.ToClient != NextHops.None && flow.ToServer != flow.ToClient);

        _director.Wait(301);
        _cache.Work();
        Assert.Empty(_program.Flows);
    }

    [Fact]
    public void Work_KernelFull_RefusedFlowsStayWithTheCore()
    {
        _program.Room = 1;
        _cache.Work();
        Answered(1);
        Answered(2);
        _cache.Work();
        Assert.Equal((1, 1L, 1), (_program.Flows.Count, _cache.Refused, _director.Core.OffloadedCount));
    }

    [Fact]
    public void Work_WaysChanged_ClearedAndGivenAnew()
    {
        _cache.Work();
        Answered(1);
        _cache.Work();
        _cache.GiveAnew();
        _cache.Work();
        Assert.Equal((2, 0), (_program.Clears, _director.Core.OffloadedCount));
        Answered(1);
        _cache.Work();
        Assert.Single(_program.Flows);
    }

    /// <summary>A program that is not used any more must not make the core think that packets pass it by.</summary>
    [Fact]
    public void GiveUp_FlowsGiven_AreTheCoresAndNoneIsGivenAgain()
    {
        _cache.Work();
        Answered(1);
        _cache.Work();
        Assert.Equal(1, _director.Core.OffloadedCount);
        _cache.GiveUp();
        Answered(1);
        Assert.Equal((0, false), (_director.Core.OffloadedCount, _director.Core.HasOffloadChanges));
    }

    private void Answered(int client)
    {
        for (int packet = 0; packet < FlowCache.AfterPackets; packet++)
        {
            _director.Send(Wire.Udp($"192.0.2.11:{5000 + client}", "192.0.2.100:53"));
            _director.Send(Wire.Udp("10.0.0.2:53", $"192.0.2.11:{5000 + client}"));
        }
    }

    private sealed class FakeProgram : IFlowProgram
    {
        public List<FlowEntry> Flows { get; } = [];

        public int Room { get; set; } = int.MaxValue;

        public int Clears { get; private set; }

        public int Insert(ReadOnlySpan<FlowEntry> flows)
        {
            int taken = Math.Min(flows.Length, Room - Flows.Count);
            Flows.AddRange(flows[..taken]);
            return taken;
        }

        public void Remove(ReadOnlySpan<FlowEntry> flows)
        {
            foreach (FlowEntry flow in flows.ToArray())
                Flows.RemoveAll(f => f.Order.Record.Key == flow.Order.Record.Key);
        }

        public void Clear()
        {
            Clears++;
            Flows.Clear();
        }

        public void SetNextHop(int index, OffloadNextHop? hop)
        {
        }

        public void Renew(TimeSpan until)
        {
        }

        public void Stop()
        {
        }

        public long LastSeen(int slot) => 0;

        public HaLvs.Forwarder.Offload.OffloadTraffic TakeTraffic(int slot) => default;
    }

    /// <summary>Everybody is a neighbour.</summary>
    private sealed class StraightNetwork : INextHopNetwork
    {
        public bool Look() => false;

        public (Ip Neighbour, int InterfaceIndex)? WayTo(Ip? source, Ip destination) => (destination, 2);

        public OffloadNextHop? Resolve(Ip neighbour, int interfaceIndex) => new OffloadNextHop(interfaceIndex, new HardwareAddress(1), new HardwareAddress(2), 1500);
    }
}
