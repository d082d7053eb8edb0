using HaLvs.Forwarder.Calls;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Calls;

/// <summary>The persistence engine sip: what a message's Call-ID decides, and what happens where there is none or no room for it.</summary>
public sealed class CallTests
{
    private const string Client = "192.0.2.11:5060";

    [Fact]
    public void OnePacket_MessagesOfOneCall_SameServerFromAnyPort()
    {
        TestDirector director = Sip.Director();
        string[] first = [.. Enumerable.Range(0, 6).Select(i => Sip.Goes(director, Client, $"call-{i}"))];
        Assert.Equal(["10.0.0.4:5060", "10.0.0.3:5060", "10.0.0.2:5060", "10.0.0.4:5060", "10.0.0.3:5060", "10.0.0.2:5060"], first);
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(first[i], Sip.Goes(director, $"192.0.2.11:{6000 + i}", $"call-{i}", method: "BYE"));
        }

        Assert.Equal(6, director.Connections().Length); // Templates; ways back of single datagrams are nobody's business.
        Assert.Equal($"{Sip.Vip} > {Client} UDP", director.Answer(Wire.Udp("10.0.0.3:5060", Client, Sip.Text("call-1", "OK"))));
        Assert.True(TableCheck.IsWhole(director.Core));
    }

    [Fact]
    public void Connection_OfOneClientPort_StaysWithoutLookingAtCalls()
    {
        TestDirector director = Sip.Director("-p 360 --pe sip");
        string server = Sip.Goes(director, Client, "one");
        Assert.Equal(server, Sip.Goes(director, Client, "two"));
        Assert.Equal(server, Sip.Goes(director, Client, null));
        Assert.NotEqual(server, Sip.Goes(director, "192.0.2.11:5062", "two"));
        Assert.Equal(server, Sip.Goes(director, "192.0.2.11:5063", "one"));
    }

    [Fact]
    public void MessageWithoutCallId_DroppedSilentlyAndCounted()
    {
        TestDirector director = Sip.Director();
        Assert.Equal("nothing", Sip.Goes(director, Client, null));
        Assert.Equal("nothing", director.Answer(Wire.Udp(Client, Sip.Vip)));
        Assert.Equal("nothing", director.Answer(Wire.Udp(Client, Sip.Vip, "\r\n\r\n")));
        Assert.Equal("nothing", Sip.Goes(director, Client, new string('c', 256)));
        Assert.Equal(4, director.Core.Counters.Dropped(DropReason.NoCallId));
        Assert.Equal(0, director.Core.ConnectionCount);
        Assert.NotEqual("nothing", Sip.Goes(director, Client, new string('c', 255)));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("-M 255.255.255.0 ", true)]
    public void Netmask_DecidesWhichClientsShareACall(string mask, bool same)
    {
        TestDirector director = Sip.Director($"-p 360 {mask}--pe sip -o");
        Assert.Equal(same, Sip.Goes(director, Client, "shared") == Sip.Goes(director, "192.0.2.99:5060", "shared"));
        Assert.Equal(same ? 1 : 2, director.Connections().Length);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(128, false)]
    public void Netmask_V6_PrefixDecides(int prefix, bool same)
    {
        TestDirector director = new();
        Sip.Run(director, $"-A -u [2001:db8::100]:5060 -s rr -p 60 -M {prefix} --pe sip -o",
            "-a -u [2001:db8::100]:5060 -r [fd00::2]:5060 -m", "-a -u [2001:db8::100]:5060 -r [fd00::3]:5060 -m");
        string first = Sip.Goes(director, "[2001:db8:9::1]:5060", "v6", "[2001:db8::100]:5060");
        Assert.Equal("[fd00::3]:5060", first);
        Assert.Equal(first, Sip.Goes(director, "[2001:db8:9::1]:5070", "v6", "[2001:db8::100]:5060"));
        Assert.Equal(same, first == Sip.Goes(director, "[2001:db8:9::2]:5060", "v6", "[2001:db8::100]:5060"));
    }

    [Fact]
    public void Mark_BothFamilies_OneCallOverAllPorts()
    {
        TestDirector director = new(o => o with { MarkRules = [new MarkRule(5, new IpPrefix(Ip.Parse("203.0.113.0"), 24)), new MarkRule(5, new IpPrefix(Ip.Parse("2001:db8:5::"), 48))] });
        Sip.Run(director, "-A -f 5 -s rr -p 60 --pe sip -o", "-a -f 5 -r 10.0.0.2:0 -m", "-a -f 5 -r 10.0.0.3:0 -m",
            "-A -f 5 -6 -s rr -p 60 --pe sip -o", "-a -f 5 -6 -r [fd00::2]:0 -m", "-a -f 5 -6 -r [fd00::3]:0 -m");
        Assert.Equal("10.0.0.3:5060", Sip.Goes(director, Client, "m", "203.0.113.7:5060"));
        Assert.Equal("10.0.0.3:5070", Sip.Goes(director, Client, "m", "203.0.113.8:5070"));
        Assert.Equal("[fd00::3]:5060", Sip.Goes(director, "[2001:db8:c::1]:5060", "m", "[2001:db8:5::7]:5060"));
        Assert.Equal("[fd00::3]:5070", Sip.Goes(director, "[2001:db8:c::1]:5061", "m", "[2001:db8:5::8]:5070"));
        Assert.Equal(2, director.Connections().Length);
        Assert.Equal($"{Client} > 10.0.0.2:5060 S", director.Answer(Wire.Tcp(Client, "203.0.113.7:5060", "S"))); // TCP: by its client's address.
        Assert.Equal("192.0.2.11:5 > 10.0.0.2:5060 S", director.Answer(Wire.Tcp("192.0.2.11:5", "203.0.113.7:5060", "S")));
    }

    [Fact]
    public void Template_TimeOutAndState_AsOfAddresses()
    {
        TestDirector director = Sip.Director("-p 5 --pe sip -o");
        Sip.Goes(director, Client, "short");
        ConnectionRecord template = Assert.Single(director.Connections());
        Assert.Equal((ConnectionKind.Template, ConnectionState.None, "short", CallDigest.Of("short")), (template.Kind, template.State, template.CallId, template.Call));
        director.Wait(3);
        Sip.Goes(director, Client, "short");
        director.Answer(Wire.Udp("10.0.0.4:5060", Client, Sip.Text("short", "OK")));
        Assert.Equal(ConnectionState.Assured, Assert.Single(director.Connections()).State);
        director.Wait(4);
        Assert.Single(director.Connections());
        director.Wait(2); // The way back of the last datagram lives on and does not hold it.
        Assert.Empty(director.Connections());
        Assert.Equal(0, director.Core.Connections.Calls.Count);
    }

    [Fact]
    public void ServerRemoved_CallForgottenAndScheduledAnew()
    {
        TestDirector director = Sip.Director();
        Assert.Equal("10.0.0.4:5060", Sip.Goes(director, Client, "moves"));
        Sip.Run(director, $"-d -u {Sip.Vip} -r 10.0.0.4:5060");
        string now = Sip.Goes(director, Client, "moves");
        Assert.Equal(now, Sip.Goes(director, Client, "moves"));
        Assert.Equal([$"{now} moves"], director.Connections().Select(c => $"{c.Server}:{c.ServerPort} {c.CallId}"));
        director.Wait(400);
        Assert.Equal((0, 0), (director.Core.ConnectionCount, director.Core.Connections.Calls.Count));
        Assert.True(TableCheck.IsWhole(director.Core));
    }

    [Fact]
    public void ServerRemoved_CallThatConnectionsHold_SetAsideUntilTheyEnd()
    {
        TestDirector director = Sip.Director("-p 5 --pe sip");
        Assert.Equal("10.0.0.4:5060", Sip.Goes(director, Client, "held"));
        Sip.Run(director, $"-d -u {Sip.Vip} -r 10.0.0.4:5060");
        string now = Sip.Goes(director, "192.0.2.11:6000", "held");
        Assert.NotEqual("10.0.0.4:5060", now);
        Assert.Equal(["10.0.0.4:65535 held", $"{now} held"], director.Connections().Where(c => c.CallId is not null).Select(c => $"{c.Server}:{c.ServerPort} {c.CallId}").OrderDescending(StringComparer.Ordinal));
        director.Wait(800);
        Assert.Equal((0, 0), (director.Core.ConnectionCount, director.Core.Connections.Calls.Count));
    }

    [Fact]
    public void TwoServersClaimACall_OfAQuiescedOne_NoPlacesAreUsedUp()
    {
        TestDirector director = Sip.Director();
        KernelSettings.Set(director, "net.ipv4.vs.expire_quiescent_template", 1);
        Sip.Run(director, $"-e -u {Sip.Vip} -r 10.0.0.2:5060 -m -w 0");
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal($"{Sip.Vip} > {Client} UDP", director.Answer(Sip.Message("10.0.0.2:5060", Client, "claimed")));
            Assert.Equal($"{Sip.Vip} > {Client} UDP", director.Answer(Sip.Message("10.0.0.2:5060", Client, "claimed", "INFO")));
            Assert.NotEqual("10.0.0.2:5060", Sip.Goes(director, Client, "claimed"));
        }

        Assert.Equal(1, director.Core.Connections.Calls.Count);
    }

    [Fact]
    public void EveryPlaceTaken_NewCallsGoByAddressAndKeepTheirServer()
    {
        TestDirector director = Sip.Director(change: o => o with { CallCapacity = 64 });
        CallTable calls = director.Core.Connections.Calls;
        string early = Sip.Goes(director, Client, "early");
        Fill(director, calls);
        Assert.Equal(calls.Capacity, calls.Count);

        // A server that is the client's from now on, for whatever call.
        string late = Sip.Goes(director, "192.0.2.12:5060", "late");
        Assert.StartsWith("10.0.0.", late, StringComparison.Ordinal);
        Assert.Equal(late, Sip.Goes(director, "192.0.2.12:5060", "later"));
        Assert.Equal(late, Sip.Goes(director, "192.0.2.12:5060", "late", method: "ACK"));
        Assert.Equal(early, Sip.Goes(director, Client, "early"));
        Assert.Equal(3, director.Core.Counters.CallsWithoutRoom);

        // There is room again while the call goes on: it is not torn away from its server.
        director.Core.Connections.Remove(SlotOf(director, "fill-0"));
        Assert.Equal(late, Sip.Goes(director, "192.0.2.12:5060", "late", method: "BYE"));
        Assert.Contains(director.Connections(), c => c.CallId == "late");
        Assert.True(TableCheck.IsWhole(director.Core));
    }

    [Fact]
    public void Fragments_CallIdInTheFirst_AllGoOneWay()
    {
        TestDirector director = Sip.Director();
        string server = Sip.Goes(director, Client, "big");
        byte[] message = Wire.Udp(Client, Sip.Vip, Sip.Text("big") + new string('s', 2000), df: false);
        Assert.Equal(server, Wire.Describe(Pieces.Join(Pieces.Cut(message, 1000).Select(p => director.Send(p)!))).Split(' ')[2]);
    }

    [Fact]
    public void Fragments_CallIdBehindTheFirst_DroppedAll()
    {
        TestDirector director = Sip.Director();
        byte[] message = Wire.Udp(Client, Sip.Vip, Sip.Text("deep", bytesBefore: 1500), df: false);
        Assert.All(Pieces.Cut(message, 1000), piece => Assert.Null(director.Send(piece)));
        Assert.Equal(1, director.Core.Counters.Dropped(DropReason.NoCallId));
        byte[] cutWithin = Wire.Udp(Client, Sip.Vip, Sip.Text("cut-in-two-by-the-edge", bytesBefore: 900), df: false);
        int at = System.Text.Encoding.ASCII.GetString(cutWithin).IndexOf("two-by", StringComparison.Ordinal) - 20;
        Assert.All(Pieces.Cut(cutWithin, at / 8 * 8, 9), piece => Assert.Null(director.Send(piece)));
        Assert.Empty(director.Connections());
    }

    [Fact]
    public void SeveralDatagramsInOneFrame_FirstDecides()
    {
        TestDirector director = Sip.Director();
        string server = Sip.Goes(director, Client, "first");
        string one = Sip.Text("first");
        director.Virtio[0] = 1; // VIRTIO_NET_HDR_F_NEEDS_CSUM
        director.Virtio[1] = 5; // VIRTIO_NET_HDR_GSO_UDP_L4
        (director.Virtio[2], director.Virtio[4], director.Virtio[6], director.Virtio[8]) = (28, (byte)one.Length, 20, 6);
        Assert.Equal(server, director.Answer(Wire.Udp(Client, Sip.Vip, one + one.Replace("first", "other", StringComparison.Ordinal))).Split(' ')[2]);
        Assert.Equal(["first"], director.Connections().Select(c => c.CallId));
    }

    [Fact]
    public void Process_CallsComeAndGo_AllocatesNothing()
    {
        TestDirector director = Sip.Director("-p 1 --pe sip -o");
        byte[][] frames = [.. Enumerable.Range(0, 400).Select(i => Frame(Sip.Message($"192.0.2.{11 + (i % 9)}:5060", Sip.Vip, i % 7 == 0 ? null : $"call-{i}@host")))];
        byte[] buffer = new byte[ForwardingCore.FrameBytes];
        void Run()
        {
            for (int i = 0; i < 20_000; i++)
            {
                frames[i % frames.Length].CopyTo(buffer, 0);
                director.Core.Process(buffer, frames[i % frames.Length].Length, director.Now += 7);
                director.Core.Tick(director.Now);
            }
        }

        Run();
        long Allocated()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, Enumerable.Range(0, 3).Min(_ => Allocated()));
        Assert.True(director.Core.Counters.ExpiredConnections > 10_000, "No call ended: the test did not test.");
    }

    private static byte[] Frame(byte[] packet) => [.. new byte[ForwardingCore.VirtioHeaderBytes], .. packet];

    private static void Fill(TestDirector director, CallTable calls)
    {
        for (int i = 0; calls.Count < calls.Capacity; i++)
        {
            ConnectionRecord template = new(
                ConnectionKind.Template, TransportProtocol.Udp, Ip.Parse("198.51.100.1"), 0, Ip.Parse("192.0.2.100"), 5060, Ip.Parse("10.0.0.2"), 5060, ConnectionState.None, 400_000)
            {
                CallId = $"fill-{i}",
                Call = CallDigest.Of($"fill-{i}"),
            };
            Assert.True(director.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, template), director.Now));
        }
    }

    private static int SlotOf(TestDirector director, string callId)
    {
        ConnectionRecord record = director.Connections().Single(c => c.CallId == callId);
        return director.Core.Connections.Find(in record, director.Now);
    }
}
