using System.Buffers.Binary;
using System.Diagnostics;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Tests.Lab;
using Xunit.Abstractions;

namespace HaLvs.Forwarder.Tests.Guard;

/// <summary>The SYN proxy between a simulated client and a simulated server, each with its own sequence numbers.</summary>
[Collection("alone")]
public sealed class SynProxyTests(ITestOutputHelper output)
{
    private const string Client = "192.0.2.11:40001";
    private const string Server = "10.0.0.2:80";
    private const string Web = "192.0.2.100:80";
    private const uint ClientStart = 0xffff_fff0;
    private const uint ServerStart = 0x1234_5678;

    [Fact]
    public void Handshake_CookieThenServer_BothSidesAgree()
    {
        TestDirector director = Director();
        Segment cookie = Segment.Of(director.Send(Syn()));
        Assert.Equal((Web, Client, "SA", ClientStart + 1, (ushort)0), (cookie.From, cookie.To, cookie.Flags, cookie.Acknowledgement, cookie.Window));
        Assert.Equal((SynProxy.AnnouncedScale, true, (ushort)1460), (cookie.Scale!.Value, cookie.Sack, cookie.Mss!.Value));
        Assert.Equal(0, director.Core.ConnectionCount);

        Segment syn = Segment.Of(director.Send(Ack(cookie)));
        Assert.Equal((Client, Server, "S", ClientStart), (syn.From, syn.To, syn.Flags, syn.Sequence));
        Assert.Equal(((byte)9, true, (ushort)1460), (syn.Scale!.Value, syn.Sack, syn.Mss!.Value));

        Segment update = Segment.Of(director.Send(SynAck(5, 60_000)));
        Assert.Equal((Web, Client, "A", cookie.Sequence + 1, ClientStart + 1), (update.From, update.To, update.Flags, update.Sequence, update.Acknowledgement));
        Assert.Equal(60_000 >> SynProxy.AnnouncedScale, update.Window);
        Segment completes = Segment.Of(Assert.Single(director.Pending()));
        Assert.Equal((Client, Server, "A", ClientStart + 1, ServerStart + 1), (completes.From, completes.To, completes.Flags, completes.Sequence, completes.Acknowledgement));
        Assert.Equal(500, completes.Window);
        Assert.Equal(ConnectionState.Established, Assert.Single(director.Connections()).State);
    }

    [Fact]
    public void Conversation_AfterHandshake_NumbersAndWindowsTranslatedBothWays()
    {
        TestDirector director = Director();
        uint cookie = Open(director);
        Segment request = Segment.Of(director.Send(new Segment(Client, Web, "PA", ClientStart + 1, cookie + 1) { Payload = "request" }.ToPacket()));
        Assert.Equal((Server, ClientStart + 1, ServerStart + 1, "request"), (request.To, request.Sequence, request.Acknowledgement, request.Payload));

        Segment answer = Segment.Of(director.Send(new Segment(Server, Client, "PA", ServerStart + 1, ClientStart + 8) { Payload = "answer", Window = 1000 }.ToPacket()));
        Assert.Equal((Web, cookie + 1, ClientStart + 8, "answer", (ushort)250), (answer.From, answer.Sequence, answer.Acknowledgement, answer.Payload, answer.Window));

        byte[] sack = [1, 1, 5, 10, .. Number(cookie + 20), .. Number(cookie + 30)];
        Segment selective = Segment.Of(director.Send(new Segment(Client, Web, "A", ClientStart + 8, cookie + 7) { Options = sack }.ToPacket()));
        Assert.Equal([1, 1, 5, 10, .. Number(ServerStart + 20), .. Number(ServerStart + 30)], selective.Options);

        Segment reset = Segment.Of(director.Send(new Segment(Server, Client, "R", ServerStart + 7).ToPacket()));
        Assert.Equal(cookie + 7, reset.Sequence);
        Assert.Equal(ConnectionState.Close, Assert.Single(director.Connections()).State);
    }

    [Fact]
    public void Data_InTheFirstAck_NotAcknowledgedAndDeliveredWhenSentAgain()
    {
        TestDirector director = Director();
        Segment cookie = Segment.Of(director.Send(Syn()));
        byte[] first = new Segment(Client, Web, "PA", ClientStart + 1, cookie.Sequence + 1) { Payload = "early" }.ToPacket();
        Assert.Equal("S", Segment.Of(director.Send(first)).Flags);
        Assert.Null(director.Send(first));
        Assert.Equal(ClientStart + 1, Segment.Of(director.Send(SynAck(7, 60_000))).Acknowledgement);
        Assert.Equal("early", Segment.Of(director.Send(first)).Payload);
    }

    [Fact]
    public void PartialChecksum_ServersSegment_HoldsPseudoHeaderSumAlone()
    {
        TestDirector director = Director();
        uint cookie = Open(director);
        byte[] packet = new Segment(Server, Client, "PA", ServerStart + 1, ClientStart + 1) { Payload = new string('x', 4000), Window = 1000 }.ToPacket();
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(36), (ushort)~ReferenceChecksum.Of([], ReferenceChecksum.Pseudo(packet)));
        director.Virtio = [1, 1, 40, 0, 0xb4, 5, 20, 0, 16, 0];
        byte[] left = director.Send(packet)!;
        Assert.Equal((cookie + 1, (ushort)250), (TcpTalk.Sequence(left), BinaryPrimitives.ReadUInt16BigEndian(left.AsSpan(34))));
        Assert.Equal((ushort)~ReferenceChecksum.Of([], ReferenceChecksum.Pseudo(left)), BinaryPrimitives.ReadUInt16BigEndian(left.AsSpan(36)));
        Assert.Equal([1, 1, 40, 0, 0xb4, 5, 20, 0, 16, 0], director.Virtio);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 0x100)]
    public void Cookie_NotOurs_ResetAndCounted(uint sequenceOff, uint cookieOff)
    {
        TestDirector director = Director();
        Segment cookie = Segment.Of(director.Send(Syn()));
        byte[]? answer = director.Send(new Segment(Client, Web, "A", ClientStart + 1 + sequenceOff, cookie.Sequence + 1 + cookieOff).ToPacket());
        Assert.Equal("R", Segment.Of(answer).Flags);
        Assert.Equal((0, 1L), (director.Core.ConnectionCount, director.Core.Counters.SynCookiesRefused));
    }

    /// <summary>What Linux sends into a zero window: nothing, one number below what comes next. The first ACK had been lost.</summary>
    [Fact]
    public void WindowProbe_FirstAckLost_OpensTheConnection()
    {
        TestDirector director = Director();
        Segment cookie = Segment.Of(director.Send(Syn()));
        byte[] probe = new Segment(Client, Web, "A", ClientStart, cookie.Sequence + 1).ToPacket();
        Segment syn = Segment.Of(director.Send(probe));
        Assert.Equal((Client, Server, "S", ClientStart), (syn.From, syn.To, syn.Flags, syn.Sequence));
        Assert.Null(director.Send(probe));

        Segment update = Segment.Of(director.Send(SynAck(7, 60_000)));
        Assert.Equal((cookie.Sequence + 1, ClientStart + 1), (update.Sequence, update.Acknowledgement));
        Segment request = Segment.Of(director.Send(new Segment(Client, Web, "PA", ClientStart + 1, cookie.Sequence + 1) { Payload = "request" }.ToPacket()));
        Assert.Equal((Server, ClientStart + 1, ServerStart + 1, "request"), (request.To, request.Sequence, request.Acknowledgement, request.Payload));
    }

    /// <summary>Data says by its place where it stands: one number too low is no cookie of ours.</summary>
    [Fact]
    public void Cookie_DataOneNumberTooLow_Reset()
    {
        TestDirector director = Director();
        Segment cookie = Segment.Of(director.Send(Syn()));
        Assert.Equal("R", Segment.Of(director.Send(new Segment(Client, Web, "PA", ClientStart, cookie.Sequence + 1) { Payload = "x" }.ToPacket())).Flags);
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(132, false)]
    public void Cookie_Aged_GoodForAMinuteNotForThree(int seconds, bool good)
    {
        TestDirector director = Director();
        Segment cookie = Segment.Of(director.Send(Syn()));
        director.Now += seconds * 1000;
        director.Send(Syn("192.0.2.12:1"));
        Assert.Equal(good ? "S" : "R", Segment.Of(director.Send(Ack(cookie))).Flags);
    }

    [Theory]
    [InlineData(0, 536)]
    [InlineData(1399, 1300)]
    [InlineData(9000, 1460)]
    public void Options_NothingOffered_NothingPromised(ushort offered, ushort told)
    {
        TestDirector director = Director();
        byte[] options = offered == 0 ? [] : [2, 4, (byte)(offered >> 8), (byte)offered];
        Segment cookie = Segment.Of(director.Send(new Segment(Client, Web, "S", ClientStart) { Options = options }.ToPacket()));
        Assert.Equal((null, false), (cookie.Scale, cookie.Sack));
        Segment syn = Segment.Of(director.Send(Ack(cookie)));
        Assert.Equal((null, false, told), (syn.Scale, syn.Sack, syn.Mss!.Value));
        Assert.Equal(60_000, Segment.Of(director.Send(new Segment(Server, Client, "SA", ServerStart, ClientStart + 1) { Window = 60_000 }.ToPacket())).Window);
    }

    [Fact]
    public void Server_Refuses_ClientResetWhereItStands()
    {
        TestDirector director = Director();
        Segment cookie = Segment.Of(director.Send(Syn()));
        director.Send(Ack(cookie));
        Segment reset = Segment.Of(director.Send(new Segment(Server, Client, "RA", 0, ClientStart + 1).ToPacket()));
        Assert.Equal((Web, Client, "RA", cookie.Sequence + 1), (reset.From, reset.To, reset.Flags, reset.Sequence));
        director.Wait(10.2);
        Assert.Equal(0, director.Core.ConnectionCount);
    }

    [Fact]
    public void Syn_NoRoomForTheOptionsOfTheAnswer_NothingThrown()
    {
        TestDirector director = Director();
        byte[] frame = [.. new byte[ForwardingCore.VirtioHeaderBytes], .. Wire.Tcp(Client, Web, "S", "", ClientStart, 0)];
        Assert.InRange(director.Core.Process(frame, frame.Length, director.Now), 0, frame.Length);
    }

    [Fact]
    public void IcmpError_AboutTheServersData_QuotesTheServersOwnNumber()
    {
        TestDirector director = Director();
        Open(director);
        byte[] sent = new Segment(Server, Client, "PA", ServerStart + 1, ClientStart + 1) { Payload = "answer", Window = 1000 }.ToPacket();
        byte[] left = director.Send(sent)!;
        byte[] error = director.Send(Wire.Icmp("198.51.100.1", "192.0.2.100", 3, 4, 1300, left[..28]))!;
        Assert.True(ReferenceChecksum.IsValid(error));
        Assert.Equal(ServerStart + 1, BinaryPrimitives.ReadUInt32BigEndian(error.AsSpan(28 + 24)));
    }

    [Fact]
    public void Server_Silent_AskedAgainThenGivenUp()
    {
        TestDirector director = Director();
        director.Send(Ack(Segment.Of(director.Send(Syn()))));
        director.Wait(8);
        Assert.Equal(["S", "S", "RA"], director.Pending().Select(p => Segment.Of(p).Flags));
    }

    [Fact]
    public void Takeover_AfterHandshake_StandbyTranslatesAlike()
    {
        TestDirector active = Director();
        uint cookie = Open(active);
        TestDirector standby = Director();
        Assert.True(standby.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, Assert.Single(active.Connections())), standby.Now));
        byte[] packet = new Segment(Server, Client, "PA", ServerStart + 1, ClientStart + 1) { Payload = "answer", Window = 1000 }.ToPacket();
        Segment answer = Segment.Of(standby.Send(packet));
        Assert.Equal((cookie + 1, (ushort)250), (answer.Sequence, answer.Window));
    }

    [Fact]
    public void Auto_FloodOfRandomSources_TableStaysSmallLegitimateClientsServedAndProxyEnds()
    {
        TestDirector director = Director(SynProxyMode.Auto);
        TcpTalk old = new TcpTalk(director, "192.0.2.12:1").Open();
        Random random = new(5);
        int served = 0;
        for (int i = 0; i < 50_000; i++)
        {
            director.Send(new Segment($"203.{random.Next(256)}.{random.Next(256)}.{random.Next(1, 255)}:{random.Next(1024, 65_536)}", Web, "S", (uint)random.Next()).ToPacket());
            if (i % 500 == 499)
            {
                served += i < 1000 || Serve(director, $"192.0.2.11:{10_000 + i}") ? 1 : 0;
                director.Now += 10;
                director.Core.Tick(director.Now);
            }
        }

        Assert.Equal(100, served);
        Assert.InRange(director.Core.Connections.Embryonic.HalfOpen, 1, 200);
        Assert.Equal(0, director.Core.Counters.EvictedEmbryonic);
        Assert.NotNull(old.FromClient("PA", "still here"));

        director.Wait(70);
        Assert.Equal($"192.0.2.11:1 > {Server} S", director.Answer(Wire.Tcp("192.0.2.11:1", Web, "S")));
    }

    [Fact]
    public void Answer_Flood_SpeedPrintedNothingAllocated()
    {
        TestDirector director = Director();
        byte[] packet = Syn();
        byte[] frame = new byte[ForwardingCore.FrameBytes];
        long allocated = 0;
        int answered = 0;
        const int syns = 500_000;
        for (int round = 0; round < 3; round++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (uint i = 0; i < syns; i++)
            {
                packet.CopyTo(frame, 10);
                BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(10 + 12), 0x0b00_0000 + i);
                answered += director.Core.Process(frame, 10 + packet.Length, director.Now) > 0 ? 1 : 0;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            output.WriteLine($"{syns / watch.Elapsed.TotalSeconds:N0} SYNs answered a second");
        }

        Assert.Equal((0L, 3 * syns), (allocated, answered));
        Assert.Equal(0, director.Core.ConnectionCount);
    }

    [Fact]
    public void Answer_PortThatOnlyFtpDataMayUse_IsClosedAsWithoutTheProxy()
    {
        TestDirector director = Director().Service("192.0.2.100:21/tcp", "rr", "10.0.0.2:21");
        Assert.Equal($"192.0.2.100:2000 > {Client} RA", director.Answer(Wire.Tcp(Client, "192.0.2.100:2000", "S")));
        Assert.Equal($"{Web} > 192.0.2.11:20 RA", director.Answer(Wire.Tcp("192.0.2.11:20", Web, "S")));
    }

    [Fact]
    public void EndConnection_WhileTheServerIsAwaited_ServerIsNotAskedAgain()
    {
        TestDirector director = Director();
        director.Send(Ack(Segment.Of(director.Send(Syn()))));
        Assert.True(director.Core.EndConnection(Assert.Single(director.Connections()).Key, director.Now));
        director.Pending();
        director.Wait(8);
        Assert.DoesNotContain(director.Pending(), p => Segment.Of(p).Flags == "S");
    }

    private static TestDirector Director(SynProxyMode mode = SynProxyMode.Always) =>
        new TestDirector(o => o with { SynProxy = new() { Mode = mode, ServiceThreshold = 128 } }).Service($"{Web}/tcp", "rr", Server);

    private static byte[] Syn(string client = Client) => new Segment(client, Web, "S", ClientStart) { Options = Segment.SynOptions(9) }.ToPacket();

    private static byte[] Ack(Segment cookie) => new Segment(cookie.To, Web, "A", cookie.Acknowledgement, cookie.Sequence + 1) { Window = 500 }.ToPacket();

    private static byte[] SynAck(byte scale, ushort window) =>
        new Segment(Server, Client, "SA", ServerStart, ClientStart + 1) { Options = Segment.SynOptions(scale), Window = window }.ToPacket();

    /// <summary>Opens a connection to a server of scale 5; the cookie's sequence number.</summary>
    private static uint Open(TestDirector director)
    {
        Segment cookie = Segment.Of(director.Send(Syn()));
        director.Send(Ack(cookie));
        Assert.NotNull(director.Send(SynAck(5, 60_000)));
        Assert.Single(director.Pending());
        return cookie.Sequence;
    }

    /// <summary>A whole small conversation of a client that is what it says.</summary>
    private static bool Serve(TestDirector director, string client)
    {
        Segment cookie = Segment.Of(director.Send(Syn(client)));
        Segment syn = Segment.Of(director.Send(Ack(cookie)));
        director.Send(new Segment(Server, client, "SA", 77, syn.Sequence + 1) { Options = Segment.SynOptions(7) }.ToPacket());
        director.Pending();
        Segment request = Segment.Of(director.Send(new Segment(client, Web, "PA", ClientStart + 1, cookie.Sequence + 1) { Payload = "get" }.ToPacket()));
        return request is { Payload: "get", Acknowledgement: 78 };
    }

    private static byte[] Number(uint number) => [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];
}
