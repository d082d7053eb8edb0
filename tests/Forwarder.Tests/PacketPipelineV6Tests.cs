using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests;

/// <summary>IPv6 as <see cref="PacketPipelineTests"/>: what comes in on the wire, and what leaves on the wire, with right checksums.</summary>
public sealed class PacketPipelineV6Tests
{
    private const string Client = "[2001:db8:c::11]:40001";
    private const string Vip = "2001:db8::100";
    private const string Web = "[2001:db8::100]:80";
    private const string Dns = "[2001:db8::100]:53";
    private const string Server = "[fd00::2]:8080";
    private const string DnsServer = "[fd00::2]:5353";

    public static TheoryData<string, byte[], string, string> WithoutConnection() => new()
    {
        { "SYN to a service", Wire.Tcp(Client, Web, "S"), $"{Client} > {Server} S", "" },
        { "datagram to a service", Wire.Udp(Client, Dns, "q"), $"{Client} > {DnsServer} UDP", "" },
        { "SYN to a closed port", Wire.Tcp(Client, "[2001:db8::100]:81", "S"), $"[2001:db8::100]:81 > {Client} RA", "NoService" },
        { "ACK to a closed port", Wire.Tcp(Client, "[2001:db8::100]:81", "A"), $"[2001:db8::100]:81 > {Client} R", "NoService" },
        { "datagram to a closed port", Wire.Udp(Client, "[2001:db8::100]:54", "q"), $"{Vip} > 2001:db8:c::11 ICMP 1/4", "NoService" },
        { "no usable server", Wire.Tcp(Client, "[2001:db8::100]:25", "S"), $"{Vip} > 2001:db8:c::11 ICMP 1/4", "NoServer" },
        { "echo request", Wire.Echo("2001:db8:c::11", Vip, 7), $"{Vip} > 2001:db8:c::11 ICMP 129/0", "" },
        { "stray echo reply", Wire.Echo("2001:db8:c::11", Vip, 7, reply: true), "nothing", "NoConnection" },
        { "neighbour solicitation", Wire.Icmp("2001:db8:c::11", Vip, 135, 0, 0, new byte[16]), "nothing", "BadIcmp" },
        { "another protocol", Wire.Raw("2001:db8:c::11", Vip, 47, 40), $"{Vip} > 2001:db8:c::11 ICMP 4/1", "UnsupportedProtocol" },
        { "ICMP of the other family", Wire.Raw("2001:db8:c::11", Vip, 1, 40), $"{Vip} > 2001:db8:c::11 ICMP 4/1", "UnsupportedProtocol" },
        { "source is the virtual address", Wire.Tcp(Web, Web, "S"), "nothing", "Martian" },
        { "source is loopback", Wire.Udp("[::1]:5", Dns, "q"), "nothing", "Martian" },
        { "source is unspecified", Wire.Udp("[::]:5", Dns, "q"), "nothing", "Martian" },
        { "source is link-local", Wire.Udp("[fe80::1]:5", Dns, "q"), "nothing", "Martian" },
        { "source is a group", Wire.Udp("[ff02::1]:5", Dns, "q"), "nothing", "Martian" },
        { "source is a mapped address", Mapped(), "nothing", "Martian" },
        { "datagram without checksum", Wire.Udp(Client, Dns, "q", checksum: false), "nothing", "NoChecksum" },
        { "none of ours", Wire.Udp("[fd00::7]:5", "[2001:db8:f::1]:53", "q"), "[fd00::7]:5 > [2001:db8:f::1]:53 UDP", "" },
        { "none of ours, ICMP", Wire.Echo("fd00::7", "2001:db8:f::1", 9), "fd00::7 > 2001:db8:f::1 ICMP 128/0", "" },
        { "the TUN's own router solicitation", Wire.Icmp("fe80::1", "ff02::2", 133, 0, 0, []), "nothing", "Martian" },
        { "hop-by-hop and destination options", Wire.WithExtensions(Wire.Tcp(Client, Web, "S"), (0, new byte[8]), (60, new byte[8])), $"{Client} > {Server} S", "" },
        { "routing header that is used up", Wire.WithExtensions(Wire.Tcp(Client, Web, "S"), (43, new byte[8])), $"{Client} > {Server} S", "" },
        { "routing header with segments left", Wire.WithExtensions(Wire.Tcp(Client, Web, "S"), (43, [0, 0, 0, 1, 0, 0, 0, 0])), "nothing", "SourceRoute" },
        { "hop-by-hop options not first", Wire.WithExtensions(Wire.Tcp(Client, Web, "S"), (60, new byte[8]), (0, new byte[8])), "nothing", "BadExtensions" },
        { "too many headers", Wire.WithExtensions(Wire.Tcp(Client, Web, "S"), [.. Enumerable.Repeat(((byte)60, new byte[8]), 12)]), "nothing", "BadExtensions" },
        { "chain longer than the packet", Wire.WithExtensions(Wire.Raw("2001:db8:c::11", Vip, 6, 0), (60, [0, 9, 0, 0, 0, 0, 0, 0])), "nothing", "Truncated" },
        { "atomic fragment", Wire.WithExtensions(Wire.Tcp(Client, Web, "S"), (44, [0, 0, 0, 0, 1, 2, 3, 4])), $"{Client} > {Server} S", "" },
    };

    [Theory]
    [MemberData(nameof(WithoutConnection))]
    public void Process_NoConnection_LeavesAsExpected(string what, byte[] packet, string expected, string reason)
    {
        TestDirector director = TwoServices();
        byte[]? left = director.Send(packet);
        Assert.True(expected == Wire.Describe(left), $"{what}: {Wire.Describe(left)}, {string.Join(",", director.Core.Counters.Drops())}");
        Assert.True(left is null || ReferenceChecksum.IsValid(left), $"{what}: wrong checksum");
        Assert.Equal(reason, string.Join(",", director.Core.Counters.Drops().Select(d => d.Reason.ToString())));
    }

    [Fact]
    public void Process_WholeConversation_TranslatedBothWaysOneHopClassKept()
    {
        TestDirector director = TwoServices();
        (byte[] In, string Out)[] table =
        [
            (Wire.Tcp(Client, Web, "S"), $"{Client} > {Server} S"),
            (Wire.Tcp(Server, Client, "SA"), $"{Web} > {Client} SA"),
            (Wire.Tcp(Client, Web, "PA", "GET /"), $"{Client} > {Server} PA"),
            (Wire.Tcp(Server, Client, "PA", "odd"), $"{Web} > {Client} PA"),
            (Wire.Udp(Client, Dns, "odd"), $"{Client} > {DnsServer} UDP"),
            (Wire.Udp(DnsServer, Client, "odd"), $"{Dns} > {Client} UDP"),
            (Wire.Tcp(Server, Client, "FA"), $"{Web} > {Client} FA"),
        ];
        foreach ((byte[] packet, string expected) in table)
        {
            packet[0] |= 0x0b; // DSCP and ECN, and a flow label.
            packet[1] |= 0x91;
            byte[] left = director.Send(packet)!;
            Assert.Equal(expected, Wire.Describe(left));
            Assert.True(ReferenceChecksum.IsValid(left), expected);
            Assert.Equal(63, left[7]);
            Assert.Equal(packet[..4], left[..4]);
        }
    }

    [Fact]
    public void Process_PartialChecksumAndSuperPacket_PseudoHeaderSumOnly()
    {
        TestDirector director = TwoServices();
        director.Send(Wire.Tcp(Client, Web, "S"));
        byte[] packet = WithPartialChecksum(Wire.Tcp(Client, Web, "PA", new string('x', 20_000)), director);
        (director.Virtio[1], director.Virtio[4], director.Virtio[5]) = (4, 1440 & 0xff, 1440 >> 8);
        byte[] left = director.Send(packet)!;
        Assert.Equal((ushort)~ReferenceChecksum.Of([], ReferenceChecksum.Pseudo(left)), (ushort)((left[56] << 8) | left[57]));
        Assert.Equal((1, 4), (director.Virtio[0], director.Virtio[1]));
    }

    [Fact]
    public void Process_SuperPacketOfTheOtherFamily_Refused()
    {
        TestDirector director = TwoServices();
        byte[] packet = WithPartialChecksum(Wire.Tcp(Client, Web, "S"), director);
        (director.Virtio[1], director.Virtio[4]) = (1, 100);
        Assert.Null(director.Send(packet));
        Assert.Equal(1, director.Core.Counters.Dropped(DropReason.BadVirtioHeader));
    }

    [Theory]
    [InlineData(1401, true)]
    [InlineData(1400, false)]
    public void Process_LargeForServers_PacketTooBigWithTheOriginalHeader(int bytes, bool refused)
    {
        TestDirector director = new(o => o with { InternalMtu = 1400 });
        director.Service($"{Web}/tcp", "rr", Server);
        director.Send(Wire.Tcp(Client, Web, "S"));
        byte[] packet = Wire.Tcp(Client, Web, "PA", new string('x', bytes - 60));
        byte[] left = director.Send(packet)!;
        Assert.Equal(refused ? $"{Vip} > 2001:db8:c::11 ICMP 2/0" : $"{Client} > {Server} PA", Wire.Describe(left));
        if (refused)
        {
            Assert.True(ReferenceChecksum.IsValid(left));
            Assert.Equal(1280, left.Length);
            Assert.Equal(1400, (left[46] << 8) | left[47]);
            Assert.Equal(packet[..(1280 - 48)], left[48..]);
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
        Assert.Equal($"{Vip} > fd00::2 ICMP 2/0", Wire.Describe(left));
        Assert.Equal(packet[..(1280 - 48)], left[48..]);
    }

    [Fact]
    public void Process_ErrorsOfBothSides_BothHeadersTranslated()
    {
        TestDirector director = TwoServices();
        foreach ((byte[] ask, byte[] answer) in new[]
        {
            (Wire.Tcp(Client, Web, "S"), Wire.Tcp(Server, Client, "SA")),
            (Wire.WithExtensions(Wire.Udp(Client, Dns, "q"), (60, new byte[8])), Wire.Udp(DnsServer, Client, "a")),
        })
        {
            byte[] inside = director.Send(ask)!;
            byte[] toClient = director.Send(Wire.Icmp("fd00::99", "2001:db8:c::11", 1, 4, 0, inside))!;
            Assert.Equal($"{Vip} > 2001:db8:c::11 ICMP 1/4", Wire.Describe(toClient));
            CheckQuote(ask, toClient);

            byte[] outside = director.Send(answer)!;
            byte[] toServer = director.Send(Wire.Icmp("2001:db8:e::1", Vip, 2, 0, 1300, outside))!;
            Assert.Equal("2001:db8:e::1 > fd00::2 ICMP 2/0", Wire.Describe(toServer));
            Assert.Equal(1300, (toServer[46] << 8) | toServer[47]);
            CheckQuote(answer, toServer);
        }
    }

    [Fact]
    public void Masquerade_EchoAndTcp_UnderTheFirstAddressOfTheFamily()
    {
        TestDirector director = TestDirector.Masquerading();
        Assert.Equal("[2001:db8::100]:5000 > [2001:db8:f::1]:443 S", director.Answer(Wire.Tcp("[fd00::2]:5000", "[2001:db8:f::1]:443", "S")));
        byte[] ping = director.Send(Wire.Echo("fd00::2", "2001:db8:f::1", 5))!;
        Assert.Equal("2001:db8::100 > 2001:db8:f::1 ICMP 128/0", Wire.Describe(ping));
        Assert.True(ReferenceChecksum.IsValid(ping));
        byte[] pong = director.Send(Wire.Echo("2001:db8:f::1", Vip, 5, reply: true))!;
        Assert.Equal("2001:db8:f::1 > fd00::2 ICMP 129/0", Wire.Describe(pong));
        Assert.True(ReferenceChecksum.IsValid(pong));
        Assert.Equal("fd00::2 > fd00::3 ICMP 128/0", director.Answer(Wire.Echo("fd00::2", "fd00::3", 5)));
    }

    private static void CheckQuote(byte[] sent, byte[] error)
    {
        Assert.True(ReferenceChecksum.IsValid(error));
        byte[] quoted = error[48..];
        quoted[7] = sent[7];
        Assert.Equal(sent, quoted);
    }

    private static byte[] Mapped()
    {
        byte[] packet = Wire.Udp("[::1]:5", Dns, "q");
        new byte[] { 0xff, 0xff, 192, 0, 2, 11 }.CopyTo(packet, 18);
        return packet;
    }

    private static byte[] WithPartialChecksum(byte[] packet, TestDirector director)
    {
        ushort pseudo = (ushort)~ReferenceChecksum.Of([], ReferenceChecksum.Pseudo(packet));
        (packet[56], packet[57]) = ((byte)(pseudo >> 8), (byte)pseudo);
        director.Virtio = [1, 0, 0, 0, 0, 0, 40, 0, 16, 0];
        return packet;
    }

    private static TestDirector TwoServices() => new TestDirector()
        .Service($"{Web}/tcp", "rr", Server).Service($"{Dns}/udp", "rr", DnsServer).Service("[2001:db8::100]:25/tcp", "wlc", "[fd00::2]:25 w0");
}
