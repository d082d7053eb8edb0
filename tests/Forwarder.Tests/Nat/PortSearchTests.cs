using System.Diagnostics;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Nat;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;
using Xunit.Abstractions;

namespace HaLvs.Forwarder.Tests.Nat;

/// <summary>Ports that are used up towards one destination cost no packet much; prints what.</summary>
[Collection("alone")]
public sealed class PortSearchTests(ITestOutputHelper output)
{
    private static readonly FlowTuple End = new(TransportProtocol.Udp, Ip.Parse("198.51.100.9"), 53, Ip.Parse(TestDirector.Vip), 0);
    private static readonly FlowTuple Other = new(TransportProtocol.Udp, Ip.Parse("198.51.100.10"), 53, Ip.Parse(TestDirector.Vip), 0);
    private static readonly PortBlock Block = PortBlock.ForVirtualAddress(0, 1);

    [Fact]
    public void Begin_WholeSearchJustFailed_FewCandidatesForAMoment()
    {
        PortSearch search = new(1);
        Assert.Equal(1024, Count(search, End, 1000));
        search.Failed(End, 1000);
        Assert.Equal(16, Count(search, End, 1000));
        Assert.Equal(1024, Count(search, Other, 1000));
        search.Failed(End, 1099); // One of the short searches: it proves nothing new.
        Assert.Equal(16, Count(search, End, 1099));
        Assert.Equal(1024, Count(search, End, 1100));
    }

    /// <summary>Ports in use side by side, as a host that counts upwards takes them, hide none of the free ones.</summary>
    [Fact]
    public void Masquerade_HalfOfThePortsInOneRow_EveryFlowFindsOne()
    {
        TestDirector director = Masquerading();
        Fill(director, 1024, 33_000);
        for (int port = 2000; port < 4000; port++)
        {
            Assert.NotNull(director.Send(Wire.Udp($"10.0.0.3:{port}", "198.51.100.9:53")));
        }

        Assert.Equal(0, director.Core.Counters.Dropped(DropReason.PortsExhausted));
    }

    [Fact]
    public void Masquerade_AllPortsTaken_RefusedAtTheCostOfAFewLookups()
    {
        TestDirector director = Masquerading();
        Fill(director, 1024, 65_536);
        byte[] packet = [.. new byte[ForwardingCore.VirtioHeaderBytes], .. Wire.Udp("10.0.0.3:2000", "198.51.100.9:53")];
        director.Core.Process(packet, packet.Length, director.Now);
        const int packets = 20_000;
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < packets; i++)
        {
            Assert.Equal(0, director.Core.Process(packet, packet.Length, director.Now));
        }

        output.WriteLine($"a refused packet while all 64,512 ports are taken: {watch.Elapsed.TotalNanoseconds / packets:N0} ns");
        Assert.Equal(packets + 1, director.Core.Counters.Dropped(DropReason.PortsExhausted));

        // A port that becomes free is found soon, and the sender's own at once.
        director.Core.EndConnection(new ConnectionKey(TransportProtocol.Udp, Ip.Parse("198.51.100.9"), 53, Ip.Parse(TestDirector.Vip), 2000), director.Now);
        Assert.NotEqual(0, director.Core.Process(packet, packet.Length, director.Now));
    }

    private static void Fill(TestDirector director, int from, int to)
    {
        for (int port = from; port < to; port++)
        {
            Assert.NotNull(director.Send(Wire.Udp($"10.0.0.2:{port}", "198.51.100.9:53")));
        }
    }

    private static int Count(PortSearch search, FlowTuple end, long now)
    {
        int count = 0;
        for (PortCandidates candidates = search.Begin(in end, Block, now); candidates.TryNext(out ushort port);)
        {
            Assert.InRange(port, 1024, 65_535);
            count++;
        }

        return count;
    }

    private static TestDirector Masquerading() => new(o => o with { Capacity = 70_000, Masquerade = true, Inside = (Ip.Parse("10.0.0.0"), 24) });
}
