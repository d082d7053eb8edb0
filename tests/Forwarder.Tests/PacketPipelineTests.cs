using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests;

/// <summary>Packets as a table: what comes in on the wire, and what leaves on the wire. Every packet that leaves must have right checksums.</summary>
public sealed class PacketPipelineTests
{
    private const string Client = "192.0.2.11:40001";
    private const string Web = "192.0.2.100:80";
    private const string Dns = "192.0.2.100:53";
    private const string Server = "10.0.0.2:8080";
    private const string DnsServer = "10.0.0.2:5353";

    public static TheoryData<string, byte[], string, string> WithoutConnection() => new()
    {
        { "SYN to a service", Wire.Tcp(Client, Web, "S"), $"{Client} > {Server} S", "None" },
        { "datagram to a service", Wire.Udp(Client, Dns, "q"), $"{Client} > {DnsServer} UDP", "None" },
        { "SYN to a closed port", Wire.Tcp(Client, "192.0.2.100:81", "S"), $"192.0.2.100:81 > {Client} RA", "NoService" },
        { "ACK to a closed port", Wire.Tcp(Client, "192.0.2.100:81", "A"), $"192.0.2.100:81 > {Client} R", "NoService" },
        { "RST to a closed port", Wire.Tcp(Client, "192.0.2.100:81", "R"), "nothing", "NoService" },
        { "datagram to a closed port", Wire.Udp(Client, "192.0.2.100:54", "q"), "192.0.2.100 > 192.0.2.11 ICMP 3/3", "NoService" },
        { "ACK to a service", Wire.Tcp(Client, Web, "A"), $"{Web} > {Client} R", "NoConnection" },
        { "FIN to a service", Wire.Tcp(Client, Web, "FA"), $"{Web} > {Client} R", "NoConnection" },
        { "SYN+ACK to a service", Wire.Tcp(Client, Web, "SA"), $"{Web} > {Client} R", "NoConnection" },
        { "SYN+RST to a service", Wire.Tcp(Client, Web, "SR"), "nothing", "NoConnection" },
        { "SYN to a service whose servers are quiesced", Wire.Tcp(Client, "192.0.2.100:25", "S"), "192.0.2.100 > 192.0.2.11 ICMP 3/3", "NoServer" },
        { "datagram to a service without servers", Wire.Udp(Client, "192.0.2.100:123", "q"), "192.0.2.100 > 192.0.2.11 ICMP 3/3", "NoServer" },
        { "echo request", Wire.Echo("192.0.2.11", "192.0.2.100", 7), "192.0.2.100 > 192.0.2.11 ICMP 0/0", "None" },
        { "stray echo reply", Wire.Echo("192.0.2.11", "192.0.2.100", 7, reply: true), "nothing", "NoConnection" },
        { "timestamp request", Wire.Icmp("192.0.2.11", "192.0.2.100", 13, 0, 0, new byte[12]), "nothing", "BadIcmp" },
        { "another protocol", Wire.Raw("192.0.2.11", "192.0.2.100", 47, 40), "192.0.2.100 > 192.0.2.11 ICMP 3/2", "UnsupportedProtocol" },
        { "source is the virtual address", Wire.Tcp("192.0.2.100:80", Web, "S"), "nothing", "Martian" },
        { "source is loopback", Wire.Udp("127.0.0.1:5", Dns, "q"), "nothing", "Martian" },
        { "source is a group", Wire.Udp("224.0.0.1:5", Dns, "q"), "nothing", "Martian" },
        { "none of ours", Wire.Udp("10.0.0.7:5", "198.51.100.1:53", "q"), "10.0.0.7:5 > 198.51.100.1:53 UDP", "None" },
        { "none of ours, ICMP", Wire.Echo("10.0.0.7", "198.51.100.1", 9), "10.0.0.7 > 198.51.100.1 ICMP 8/0", "None" },
    };

    [Theory]
    [MemberData(nameof(WithoutConnection))]
    public void Process_NoConnection_LeavesAsExpected(string what, byte[] packet, string expected, string reason)
    {
        TestDirector director = TwoServices();
        byte[]? left = director.Send(packet);
        Assert.True(expected == Wire.Describe(left), $"{what}: {Wire.Describe(left)}");
        Assert.True(left is null || left[9] == 47 || ReferenceChecksum.IsValid(left), $"{what}: wrong checksum");
        string counted = string.Join(",", director.Core.Counters.Drops().Select(d => d.Reason.ToString()));
        Assert.Equal(reason == "None" ? "" : reason, counted);
    }

    [Fact]
    public void Process_WholeTcpConversation_TranslatedBothWaysAndOneHop()
    {
        TestDirector director = TwoServices();
        (byte[] In, string Out)[] table =
        [
            (Wire.Tcp(Client, Web, "S"), $"{Client} > {Server} S"),
            (Wire.Tcp(Server, Client, "SA"), $"{Web} > {Client} SA"),
            (Wire.Tcp(Client, Web, "A"), $"{Client} > {Server} A"),
            (Wire.Tcp(Client, Web, "PA", "GET /"), $"{Client} > {Server} PA"),
            (Wire.Tcp(Server, Client, "PA", "odd"), $"{Web} > {Client} PA"),
            (Wire.Tcp(Client, Web, "FA"), $"{Client} > {Server} FA"),
            (Wire.Tcp(Server, Client, "FA"), $"{Web} > {Client} FA"),
        ];
        foreach ((byte[] packet, string expected) in table)
        {
            byte[] left = director.Send(packet)!;
            Assert.Equal(expected, Wire.Describe(left));
            Assert.True(ReferenceChecksum.IsValid(left), expected);
            Assert.Equal(63, left[8]);
        }
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(64, 63)]
    [InlineData(255, 254)]
    public void Process_TimeToLive_LosesOneHopOnTheWire(byte before, byte after) =>
        Assert.Equal(after, TwoServices().Send(Wire.Tcp(Client, Web, "S", ttl: before))![8]);

    [Fact]
    public void Process_TimeToLiveZero_IsNotRaisedFromTheDead()
    {
        TestDirector director = TwoServices();
        byte[] packet = Wire.Tcp(Client, Web, "S", ttl: 0);
        Assert.Null(director.Send(packet));
        Assert.Equal(1, director.Core.Counters.Dropped(DropReason.TtlExceeded));
    }

    [Fact]
    public void Process_PartialChecksum_PseudoHeaderSumOnly()
    {
        TestDirector director = TwoServices();
        byte[] packet = WithPartialChecksum(Wire.Tcp(Client, Web, "S"), director, 16);
        byte[] left = director.Send(packet)!;
        ushort expected = (ushort)~ReferenceChecksum.Of([], ReferenceChecksum.Pseudo(left));
        Assert.Equal(expected, (ushort)((left[36] << 8) | left[37]));
        Assert.Equal(1, director.Virtio[0]);
    }

    [Fact]
    public void Process_SuperPacket_OnePieceWithItsHeader()
    {
        TestDirector director = TwoServices();
        director.Send(Wire.Tcp(Client, Web, "S"));
        byte[] packet = WithPartialChecksum(Wire.Tcp(Client, Web, "PA", new string('x', 60_000)), director, 16);
        director.Virtio[1] = 1;
        director.Virtio[4] = 1460 & 0xff;
        director.Virtio[5] = 1460 >> 8;
        byte[] before = [.. director.Virtio];
        byte[] left = director.Send(packet)!;
        Assert.Equal(packet.Length, left.Length);
        Assert.Equal(before, director.Virtio);
    }

    [Fact]
    public void Process_SuperPacketOfTooLargeSegments_FragmentationNeeded()
    {
        TestDirector director = new(o => o with { InternalMtu = 1400 });
        director.Service($"{Web}/tcp", "rr", Server);
        director.Send(Wire.Tcp(Client, Web, "S"));
        byte[] packet = WithPartialChecksum(Wire.Tcp(Client, Web, "PA", new string('x', 6_000)), director, 16);
        director.Virtio[1] = 1;
        director.Virtio[4] = 1460 & 0xff;
        director.Virtio[5] = 1460 >> 8;
        byte[] left = director.Send(packet)!;
        Assert.Equal("192.0.2.100 > 192.0.2.11 ICMP 3/4", Wire.Describe(left));
        Assert.Equal(1400, (left[26] << 8) | left[27]);
        Assert.All(director.Virtio, b => Assert.Equal(0, b));
    }

    [Theory]
    [InlineData(1500, true, false)]
    [InlineData(1401, true, true)]
    [InlineData(1400, true, false)]
    [InlineData(1401, false, false)]
    public void Process_LargeForFarSide_AnsweredWithTheOriginalHeader(int bytes, bool df, bool refused)
    {
        TestDirector director = new(o => o with { InternalMtu = bytes == 1500 ? 1500 : 1400 });
        director.Service($"{Web}/tcp", "rr", Server);
        director.Send(Wire.Tcp(Client, Web, "S"));
        byte[] packet = Wire.Tcp(Client, Web, "PA", new string('x', bytes - 40), df: df);
        byte[] left = director.Send(packet)!;
        Assert.Equal(refused ? "192.0.2.100 > 192.0.2.11 ICMP 3/4" : $"{Client} > {Server} PA", Wire.Describe(left));
        if (refused)
        {
            Assert.True(ReferenceChecksum.IsValid(left));
            Assert.Equal(576, left.Length);
            Assert.Equal(packet[..(576 - 28)], left[28..]);
        }
    }

    [Fact]
    public void Process_LargeForClients_ServerIsTold()
    {
        TestDirector director = new(o => o with { ExternalMtu = 1400 });
        director.Service($"{Web}/tcp", "rr", Server);
        director.Send(Wire.Tcp(Client, Web, "S"));
        byte[] packet = Wire.Tcp(Server, Client, "PA", new string('x', 1400));
        byte[] left = director.Send(packet)!;
        Assert.Equal("192.0.2.100 > 10.0.0.2 ICMP 3/4", Wire.Describe(left));
        Assert.Equal(packet[..(576 - 28)], left[28..]);
    }

    [Fact]
    public void Process_FragmentOfOddLength_Dropped()
    {
        TestDirector director = TwoServices();
        byte[] packet = Wire.Udp(Client, Dns, "q", df: false);
        packet[6] = 0x20;
        Assert.Null(director.Send(Wire.WriteHeaderChecksum(packet)));
        Assert.Equal(1, director.Core.Counters.Dropped(DropReason.BadFragment));
    }

    [Fact]
    public void Process_OptionsInHeader_Translated()
    {
        TestDirector director = TwoServices();
        byte[] plain = Wire.Tcp(Client, Web, "S");
        byte[] packet = [.. plain[..20], 1, 1, 1, 1, .. plain[20..]];
        packet[0] = 0x46;
        packet[3] += 4;
        byte[] left = director.Send(Wire.WriteHeaderChecksum(packet))!;
        Assert.Equal($"{Client} > {Server} S", Wire.Describe(left));
        Assert.True(ReferenceChecksum.IsValid(left));
    }

    [Fact]
    public void Process_ServiceRemoved_ClientSilentlyDroppedServerStillHeard()
    {
        TestDirector director = TwoServices();
        director.Send(Wire.Tcp(Client, Web, "S"));
        director.RemoveService($"{Web}/tcp");
        Assert.Equal("nothing", director.Answer(Wire.Tcp(Client, Web, "A")));
        Assert.Equal($"{Web} > {Client} SA", director.Answer(Wire.Tcp(Server, Client, "SA")));
        director.Service($"{Web}/tcp", "rr", Server);
        Assert.Equal($"{Client} > {Server} A", director.Answer(Wire.Tcp(Client, Web, "A")));
        Assert.Equal(1, Assert.Single(director.Servers($"{Web}/tcp")).ActiveConnections);
    }

    [Fact]
    public void Process_TableFullOfEstablished_NewOneDroppedAndCounted()
    {
        TestDirector director = new(o => o with { Capacity = 2 });
        director.Service($"{Web}/tcp", "rr", Server);
        foreach (string flags in new[] { "S", "A", "FA" })
        {
            director.Send(Wire.Tcp("192.0.2.11:1", Web, flags));
            director.Send(Wire.Tcp("192.0.2.11:2", Web, flags));
        }

        Assert.Equal("nothing", director.Answer(Wire.Tcp("192.0.2.11:3", Web, "S")));
        Assert.Equal(1, director.Core.Counters.Dropped(DropReason.TableFull));
        Assert.Equal(0, director.Core.Counters.EvictedEmbryonic);
        director.Wait(61);
        Assert.Equal(0, director.Core.ConnectionCount);
        Assert.Equal(2, director.Core.Counters.ExpiredConnections);
        Assert.NotNull(director.Send(Wire.Tcp("192.0.2.11:9", Web, "S")));
    }

    [Fact]
    public void Process_ServerIsAVirtualAddress_NoLoop()
    {
        TestDirector director = new();
        director.Service($"{Web}/tcp", "rr", "192.0.2.100:81");
        Assert.Null(director.Send(Wire.Tcp(Client, Web, "S")));
        Assert.Equal(1, director.Core.Counters.Dropped(DropReason.Martian));
    }

    [Fact]
    public void Process_FloodOfRefusedDatagrams_AnswersAreLimited()
    {
        TestDirector director = TwoServices();
        int answers = Enumerable.Range(1, 5000).Count(i => director.Send(Wire.Udp($"192.0.2.11:{i}", "192.0.2.100:9", "q")) is not null);
        Assert.InRange(answers, 1, 1000);
        director.Now += 1000;
        Assert.NotNull(director.Send(Wire.Udp(Client, "192.0.2.100:9", "q")));
    }

    [Fact]
    public void Counters_Traffic_PerServerAndTotal()
    {
        TestDirector director = TwoServices();
        director.Send(Wire.Tcp(Client, Web, "S"));
        director.Send(Wire.Tcp(Server, Client, "SA"));
        director.Send(Wire.Tcp(Client, Web, "PA", "12345"));
        var server = Assert.Single(director.Servers($"{Web}/tcp"));
        Assert.Equal((1, 2, 1, 85, 40), (server.Connections, server.InPackets, server.OutPackets, server.InBytes, server.OutBytes));
        ForwarderCounters total = director.Core.Counters;
        Assert.Equal((1, 2, 1, 85, 40), (total.NewConnections, total.InPackets, total.OutPackets, total.InBytes, total.OutBytes));
    }

    /// <summary>Found by the fuzzer: an echo without identifier, sequence number and data.</summary>
    [Fact]
    public void Process_EchoOfZeros_ChecksumIsTheOtherZero()
    {
        byte[] left = TwoServices().Send(Wire.Icmp("192.0.2.11", "192.0.2.100", 8, 0, 0, []))!;
        Assert.True(ReferenceChecksum.IsValid(left));
        Assert.Equal((0xff, 0xff), (left[22], left[23]));
    }

    private static TestDirector TwoServices()
    {
        TestDirector director = new();
        director.Service($"{Web}/tcp", "rr", Server);
        director.Service($"{Dns}/udp", "rr", DnsServer);
        director.Service("192.0.2.100:25/tcp", "wlc", "10.0.0.2:25 w0");
        return director.Service("192.0.2.100:123/udp", "rr");
    }

    private static byte[] WithPartialChecksum(byte[] packet, TestDirector director, byte offset)
    {
        ushort pseudo = (ushort)~ReferenceChecksum.Of([], ReferenceChecksum.Pseudo(packet));
        packet[20 + offset] = (byte)(pseudo >> 8);
        packet[21 + offset] = (byte)pseudo;
        director.Virtio = [1, 0, 0, 0, 0, 0, 20, 0, offset, 0];
        return packet;
    }
}
