using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Guard;

/// <summary>drop_packet, drop_entry and secure_tcp as Documentation/networking/ipvs-sysctl.rst tells, a full table in the place of short memory.</summary>
public sealed class DefenseTests
{
    private const string Web = "192.0.2.100:80";

    [Fact]
    public void DropPacket_Always_OneInSoManyNewOnes()
    {
        TestDirector director = Director(new() { DropPacket = 3, DropRate = 4 });
        bool[] passed = [.. Enumerable.Range(0, 12).Select(i => director.Send(Wire.Tcp($"192.0.2.11:{1000 + i}", Web, "S")) is not null)];
        Assert.Equal([false, true, true, true, false, true, true, true, false, true, true, true], passed);
        Assert.Equal(3, director.Core.Counters.Dropped(DropReason.DefenseDrop));
        Assert.NotNull(director.Send(Wire.Tcp("192.0.2.11:1001", Web, "A")));
    }

    [Fact]
    public void DropPacket_Automatic_OnlyUnderPressure()
    {
        TestDirector director = Director(new() { DropPacket = 1 }, 160);
        Fill(director, 149);
        Assert.Equal(0, director.Core.Counters.Dropped(DropReason.DefenseDrop));
        Fill(director, 6, 500);
        director.Wait(1.1);
        Fill(director, 2, 600);
        Assert.Equal(1, director.Core.Counters.Dropped(DropReason.DefenseDrop));
    }

    [Fact]
    public void DropEntry_Always_HalfOpenGoEstablishedStay()
    {
        TestDirector director = Director(new() { DropEntry = 3 });
        new TcpTalk(director, "192.0.2.12:1").Open();
        Fill(director, 64);
        director.Wait(40);
        Assert.Equal(1, director.Core.ConnectionCount);
        Assert.True(director.Core.Counters.DroppedEntries > 50);
    }

    [Fact]
    public void DropEntry_Standby_NothingGoes()
    {
        TestDirector director = Director(new() { DropEntry = 3 });
        Fill(director, 64);
        director.Core.SetTimersFrozen(true, director.Now);
        director.Wait(40);
        Assert.Equal(64, director.Core.ConnectionCount);
    }

    [Fact]
    public void DropEntry_QuietDatagramFlows_OneOfTwoOfThoseWithTwoPackets()
    {
        TestDirector director = Director(new() { DropEntry = 3 }).Service("192.0.2.100:53/udp", "rr", "10.0.0.2:53");
        for (int i = 0; i < 100; i++)
        {
            director.Send(Wire.Udp($"192.0.2.11:{1000 + (i / 2)}", "192.0.2.100:53"));
        }

        director.Wait(58);
        Assert.Equal(50, director.Core.ConnectionCount);
        director.Wait(45);
        Assert.InRange(director.Core.ConnectionCount, 15, 40);
    }

    [Fact]
    public void DropEntry_Sctp_HalfOpenGoEstablishedStay()
    {
        TestDirector director = Director(new() { DropEntry = 3 }).Service("192.0.2.100:3868/sctp", "rr", "10.0.0.2:3868");
        for (int i = 0; i < 64; i++)
        {
            director.Send(Wire.Sctp($"192.0.2.11:{1000 + i}", "192.0.2.100:3868", Wire.Chunk(1)));
        }

        const string client = "192.0.2.12:7";
        director.Send(Wire.Sctp(client, "192.0.2.100:3868", Wire.Chunk(1)));
        director.Send(Wire.Sctp("10.0.0.2:3868", client, Wire.Chunk(2)));
        director.Send(Wire.Sctp(client, "192.0.2.100:3868", Wire.Chunk(10)));
        director.Send(Wire.Sctp("10.0.0.2:3868", client, Wire.Chunk(11)));
        director.Wait(3); // Before the four seconds of INIT1 are over.
        Assert.True(director.Core.Counters.DroppedEntries > 2);
        director.Wait(40);
        Assert.Equal(ConnectionState.SctpEstablished, Assert.Single(director.Connections()).State);
    }

    [Fact]
    public void DropEntry_WaysBackOfSingleDatagrams_StayForTheirSeconds()
    {
        TestDirector director = Director(new() { DropEntry = 3 });
        Calls.Sip.Run(director, "-A -u 192.0.2.100:53 -s rr -o", "-a -u 192.0.2.100:53 -r 10.0.0.2:53 -m");
        for (int i = 0; i < 64; i++)
        {
            director.Send(Wire.Udp($"192.0.2.11:{1000 + i}", "192.0.2.100:53"));
        }

        director.Wait(9);
        Assert.Equal(0, director.Core.Counters.DroppedEntries);
        Assert.All(Enumerable.Range(0, 64), i => Assert.NotNull(director.Send(Wire.Udp("10.0.0.2:53", $"192.0.2.11:{1000 + i}"))));
    }

    [Fact]
    public void DropEntry_CallsThatNobodyAnswered_GoAfterAMinute()
    {
        TestDirector director = Director(new() { DropEntry = 3 });
        Calls.Sip.Run(director, "-A -u 192.0.2.100:5060 -s rr -p 360 --pe sip -o", "-a -u 192.0.2.100:5060 -r 10.0.0.2:5060 -m");
        for (int i = 0; i < 64; i++)
        {
            Calls.Sip.Goes(director, "192.0.2.11:5060", $"flood-{i}");
        }

        Calls.Sip.Goes(director, "192.0.2.12:5060", "answered");
        director.Answer(Wire.Udp("10.0.0.2:5060", "192.0.2.12:5060", Calls.Sip.Text("answered", "OK")));
        director.Wait(59);
        Assert.Equal(65, director.Connections().Length);
        director.Wait(60);
        Assert.Equal("answered", Assert.Single(director.Connections()).CallId);
    }

    [Fact]
    public void SecureTcp_Always_ClientsAckAloneEstablishesNothing()
    {
        TestDirector director = Director(new() { SecureTcp = 3 });
        TcpTalk talk = new(director);
        string After(byte[]? sent) => KernelNames.Of(sent is null ? default : Assert.Single(director.Connections()).State);
        Assert.Equal(
            ["SYN_RECV", "SYN_RECV", "SYNACK", "SYNACK", "ESTABLISHED"],
            [After(talk.FromClient("S")), After(talk.FromClient("A")), After(talk.FromServer("SA")), After(talk.FromClient("A")), After(talk.FromServer("A"))]);
    }

    private static TestDirector Director(IpvsSettings settings, int capacity = 4096)
    {
        TestDirector director = new(o => o with { Capacity = capacity, Ipvs = settings });
        director.Wait(0.2);
        return director.Service($"{Web}/tcp", "rr", "10.0.0.2:80");
    }

    private static void Fill(TestDirector director, int connections, int from = 0)
    {
        for (int i = 0; i < connections; i++)
        {
            director.Send(Wire.Tcp($"192.0.2.11:{1000 + from + i}", Web, "S"));
        }
    }
}
