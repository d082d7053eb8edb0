using System.Buffers.Binary;
using HaLvs.Forwarder.Tests.Helpers;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests;

/// <summary>What is promised of packets in general, in both directions and both families: errors, path MTU, DSCP and ECN, options, checksums.</summary>
public sealed class PacketPromisesTests
{
    private sealed record Family(string Client, string Vip, string Server, string Router, string Inner)
    {
        public int Ip => Client[0] == '[' ? 40 : 20;

        public bool IsV6 => Ip == 40;
    }

    private static readonly Family V4 = new("192.0.2.11", "192.0.2.100", "10.0.0.2", "203.0.113.1", "10.0.0.99");
    private static readonly Family V6 = new("[2001:db8:c::11]", "[2001:db8::100]", "[fd00::2]", "[2001:db8:e::1]", "[fd00::99]");

    public static TheoryData<bool, string> Conversations() => new()
    {
        { false, "tcp" }, { false, "udp" }, { false, "sctp" }, { true, "tcp" }, { true, "udp" }, { true, "sctp" },
    };

    /// <summary>A router outside complains of an answer, one inside of a request: each sender reads its own packet, and the MTU as it was said.</summary>
    [Theory]
    [MemberData(nameof(Conversations))]
    public void PathMtu_LearntByRoutersOfBothSides_SenderReadsItsOwnPacket(bool v6, string protocol)
    {
        Family f = v6 ? V6 : V4;
        TestDirector director = Director(f);
        (byte[] ask, byte[] answer) = Talk(f, protocol, 900);
        byte[] inside = director.Send(ask)!;
        byte[] outside = director.Send(answer)!;
        foreach ((byte[] sent, byte[] error, string expected) in new[]
        {
            (ask, director.Send(TooBig(f.Inner, f.Client, inside, 1300))!, $"{Bare(f.Vip)} > {Bare(f.Client)}"),
            (answer, director.Send(TooBig(f.Router, f.Vip, outside, 1300))!, $"{Bare(f.Router)} > {Bare(f.Server)}"),
        })
        {
            Assert.Equal($"{expected} ICMP {(v6 ? "2/0" : "3/4")}", Wire.Describe(error));
            Assert.Equal(1300, BinaryPrimitives.ReadUInt16BigEndian(error.AsSpan(f.Ip + 6)));
            CheckQuote(f, sent, error, protocol == "sctp");
        }
    }

    /// <summary>At least eight bytes of the transport header come back (RFC 792), and they may be all.</summary>
    [Theory]
    [MemberData(nameof(Conversations))]
    public void Error_QuotesEightBytes_BothSidesTranslated(bool v6, string protocol)
    {
        Family f = v6 ? V6 : V4;
        TestDirector director = Director(f);
        (byte[] ask, byte[] answer) = Talk(f, protocol, 100);
        byte[] inside = director.Send(ask)![..(f.Ip + 8)];
        byte[] outside = director.Send(answer)![..(f.Ip + 8)];
        byte type = v6 ? (byte)3 : (byte)11;
        byte[] toClient = director.Send(Wire.Icmp(Bare(f.Server), Bare(f.Client), type, 0, 0, inside))!;
        Assert.Equal($"{Bare(f.Vip)} > {Bare(f.Client)} ICMP {type}/0", Wire.Describe(toClient));
        CheckQuote(f, ask[..(f.Ip + 8)], toClient, crc: false);
        byte[] toServer = director.Send(Wire.Icmp(Bare(f.Router), Bare(f.Vip), type, 0, 0, outside))!;
        Assert.Equal($"{Bare(f.Router)} > {Bare(f.Server)} ICMP {type}/0", Wire.Describe(toServer));
        CheckQuote(f, answer[..(f.Ip + 8)], toServer, crc: false);
    }

    /// <summary>An error about a packet that had options or extension headers: the ports stand behind them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Error_AboutAPacketWithOptions_BothSidesTranslated(bool v6)
    {
        Family f = v6 ? V6 : V4;
        TestDirector director = Director(f);
        (byte[] ask, byte[] answer) = Talk(f, "udp", 100);
        (ask, answer) = (WithOptions(ask), WithOptions(answer));
        byte[] inside = director.Send(ask)!;
        byte[] outside = director.Send(answer)!;
        Assert.Equal($"{f.Client}:4000 > {f.Server}:5353 UDP", Wire.Describe(inside));
        Assert.Equal($"{f.Vip}:53 > {f.Client}:4000 UDP", Wire.Describe(outside));
        Assert.True(ReferenceChecksum.IsValid(inside) && ReferenceChecksum.IsValid(outside));
        byte type = v6 ? (byte)3 : (byte)11;
        CheckQuote(f, ask, director.Send(Wire.Icmp(Bare(f.Inner), Bare(f.Client), type, 0, 0, inside))!, crc: false);
        CheckQuote(f, answer, director.Send(Wire.Icmp(Bare(f.Router), Bare(f.Vip), type, 0, 0, outside))!, crc: false);
    }

    /// <summary>A server that does not fit its answers through: the core tells it in the client's stead, in both families, super-packets as well.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void PathMtu_FarSideSmaller_SenderOfEitherSideIsTold(bool v6, bool super)
    {
        Family f = v6 ? V6 : V4;
        foreach (bool outward in new[] { false, true })
        {
            TestDirector director = Director(f, o => outward ? o with { ExternalMtu = 1400 } : o with { InternalMtu = 1400 });
            director.Send(Wire.Tcp($"{f.Client}:4000", $"{f.Vip}:80", "S"));
            string data = new('x', super ? 9000 : 1401 - f.Ip - 20);
            byte[] packet = outward ? Wire.Tcp($"{f.Server}:8080", $"{f.Client}:4000", "PA", data) : Wire.Tcp($"{f.Client}:4000", $"{f.Vip}:80", "PA", data);
            if (super)
            {
                packet = Super(director, packet, 1460);
            }

            byte[] told = director.Send(packet)!;
            Assert.Equal($"{Bare(f.Vip)} > {Bare(outward ? f.Server : f.Client)} ICMP {(v6 ? "2/0" : "3/4")}", Wire.Describe(told));
            Assert.Equal(1400, BinaryPrimitives.ReadUInt16BigEndian(told.AsSpan(f.Ip + 6)));
            Assert.True(ReferenceChecksum.IsValid(told));
            Assert.Equal(packet[f.Ip..(f.Ip + 40)], told[(f.Ip + 8 + f.Ip)..(f.Ip + 8 + f.Ip + 40)]);
            Assert.Equal(1, director.Core.Counters.Dropped(DropReason.TooBig));

            director.Virtio = new byte[ForwardingCore.VirtioHeaderBytes];
            byte[] fits = outward
                ? Wire.Tcp($"{f.Server}:8080", $"{f.Client}:4000", "PA", new string('x', 1400 - f.Ip - 20))
                : Wire.Tcp($"{f.Client}:4000", $"{f.Vip}:80", "PA", new string('x', 1400 - f.Ip - 20));
            Assert.Equal(fits.Length, director.Send(fits)!.Length);
        }
    }

    /// <summary>The same for an inside host that goes out by itself: told by the core, or by a router far away.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PathMtu_MasqueradedFlow_InsideHostIsTold(bool v6)
    {
        Family f = v6 ? V6 : V4;
        TestDirector director = TestDirector.Masquerading();
        byte[] sent = Wire.Udp($"{f.Server}:7000", $"{f.Client}:53", new string('x', 1200));
        byte[] outside = director.Send(sent)!;
        Assert.Equal($"{f.Vip}:7000 > {f.Client}:53 UDP", Wire.Describe(outside));
        byte[] error = director.Send(TooBig(f.Router, f.Vip, outside, 1100))!;
        Assert.Equal($"{Bare(f.Router)} > {Bare(f.Server)} ICMP {(v6 ? "2/0" : "3/4")}", Wire.Describe(error));
        Assert.Equal(1100, BinaryPrimitives.ReadUInt16BigEndian(error.AsSpan(f.Ip + 6)));
        CheckQuote(f, sent, error, crc: false);

        director.Core.Configure(director.Core.Options with { ExternalMtu = 1280 });
        byte[] large = Wire.Udp($"{f.Server}:7000", $"{f.Client}:53", new string('x', 1300));
        byte[] told = director.Send(large)!;
        Assert.Equal($"{Bare(f.Vip)} > {Bare(f.Server)} ICMP {(v6 ? "2/0" : "3/4")}", Wire.Describe(told));
        Assert.Equal(1280, BinaryPrimitives.ReadUInt16BigEndian(told.AsSpan(f.Ip + 6)));

        byte[] answer = Wire.Udp($"{f.Client}:53", $"{f.Vip}:7000", new string('x', 1200));
        byte[] inside = director.Send(answer)!;
        byte[] back = director.Send(TooBig(f.Inner, f.Client, inside, 1100))!;
        Assert.Equal($"{Bare(f.Vip)} > {Bare(f.Client)} ICMP {(v6 ? "2/0" : "3/4")}", Wire.Describe(back));
        CheckQuote(f, answer, back, crc: false);
    }

    /// <summary>An answer to a hairpin client stays in the inside network.</summary>
    [Fact]
    public void PathMtu_HairpinClient_TheInsideNetworkCounts()
    {
        TestDirector director = new(o => o with { Inside = (Packets.Ip.Parse("10.0.0.0"), 24), Gateway = Packets.Ip.Parse("10.0.0.1"), ExternalMtu = 1400 });
        director.Service("192.0.2.100:80/tcp", "rr", "10.0.0.2:80");
        director.Send(Wire.Tcp("10.0.0.50:2000", "192.0.2.100:80", "S"));
        byte[] full = Wire.Tcp("10.0.0.2:80", "10.0.0.1:2000", "PA", new string('x', 1460));
        Assert.Equal("192.0.2.100:80 > 10.0.0.50:2000 PA", director.Answer(full));
        director.Core.Configure(director.Core.Options with { ExternalMtu = 1500, InternalMtu = 1400 });
        Assert.Equal("10.0.0.1 > 10.0.0.2 ICMP 3/4", director.Answer(full));
    }

    /// <summary>Every DSCP and every ECN mark, CE among them, both ways, whole or in pieces.</summary>
    [Theory]
    [MemberData(nameof(Conversations))]
    public void ServiceByte_AllValuesBothWays_Kept(bool v6, string protocol)
    {
        Family f = v6 ? V6 : V4;
        TestDirector director = Director(f);
        (byte[] ask, byte[] answer) = Talk(f, protocol, 20);
        for (int value = 0; value < 256; value += 5)
        {
            foreach (byte[] packet in new[] { ask, answer })
            {
                byte[] left = director.Send(Marked(packet, (byte)value))!;
                Assert.Equal(value, ServiceOf(left));
                Assert.True(ReferenceChecksum.IsValid(left));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ServiceByte_OfFragments_EachKeepsItsOwn(bool v6)
    {
        Family f = v6 ? V6 : V4;
        TestDirector director = Director(f);
        byte[][] pieces = Pieces.Cut(Wire.Udp($"{f.Client}:4000", $"{f.Vip}:53", new string('x', 3000), df: false), 1000);
        byte[] first = director.Send(Marked(pieces[0], 2))!;
        byte[] second = director.Send(Marked(pieces[1], 3))!; // A router on the way was congested between the two.
        Assert.Equal((2, 3), (ServiceOf(first), ServiceOf(second)));
    }

    /// <summary>CE in a super-packet, and CWR: the kernel sends CWR in its first segment alone only if the header says so.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ecn_SuperPackets_BothWaysKeptAsTheyCame(bool v6)
    {
        Family f = v6 ? V6 : V4;
        TestDirector director = Director(f);
        director.Send(Wire.Tcp($"{f.Client}:4000", $"{f.Vip}:80", "S"));
        foreach (bool outward in new[] { false, true })
        {
            string data = new('x', 9000);
            byte[] packet = outward ? Wire.Tcp($"{f.Server}:8080", $"{f.Client}:4000", "PA", data) : Wire.Tcp($"{f.Client}:4000", $"{f.Vip}:80", "PA", data);
            packet[f.Ip + 13] |= 0xc0; // CWR and ECE.
            packet = Super(director, Marked(packet, 3), 1400);
            director.Virtio[1] |= 0x80; // VIRTIO_NET_HDR_GSO_ECN
            byte[] left = director.Send(packet)!;
            Assert.Equal((3, 0xc0), (ServiceOf(left), left[f.Ip + 13] & 0xc0));
            Assert.Equal((v6 ? 4 : 1) | 0x80, director.Virtio[1]);
        }
    }

    /// <summary>A segment that the core makes longer than the MTU leaves as a super-packet of the core's own making.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ecn_SegmentThatTheCoreLengthened_MarksKeptAndCwrSaidOnce(bool reduced)
    {
        TestDirector director = new TestDirector().Service("192.0.2.100:21/tcp", "rr", "10.0.0.2:21");
        FtpConversation ftp = new(director, "192.0.2.11:40001", "192.0.2.100:21", "10.0.0.2:21");
        ftp.ClientSays("PASV\r\n");
        string text = "227 Entering Passive Mode (10,0,0,2,156,64).\r\n".PadRight(1460, '.');
        byte[] reply = Wire.Tcp("10.0.0.2:21", "192.0.2.11:40001", "PA", text, seq: 5001, ack: 0xffff_ff07);
        byte flags = reduced ? (byte)0x80 : (byte)0;
        reply[33] |= flags;
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(36));
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(36), (ushort)(checksum - flags)); // One's complement: a bit more in the data, so much less here.
        Assert.True(ReferenceChecksum.IsValid(reply));
        byte[] left = director.Send(Marked(reply, 3))!;
        Assert.Equal((1503, 3, flags), (left.Length, ServiceOf(left), (byte)(left[33] & 0x80)));
        Assert.Equal(reduced ? 0x81 : 1, director.Virtio[1]);
    }

    [Fact]
    public void Udp_WithoutChecksum_V4LeavesWithOneBothWaysV6IsDroppedBothWays()
    {
        TestDirector director = Director(V4);
        foreach ((string from, string to) in new[] { ("192.0.2.11:4000", "192.0.2.100:53"), ("10.0.0.2:5353", "192.0.2.11:4000") })
        {
            byte[] left = director.Send(Wire.Udp(from, to, "odd", checksum: false))!;
            Assert.True(ReferenceChecksum.IsValid(left));
            Assert.NotEqual((0, 0), (left[26], left[27]));
        }

        TestDirector v6 = Director(V6);
        v6.Send(Wire.Udp($"{V6.Client}:4000", $"{V6.Vip}:53", "q"));
        Assert.Null(v6.Send(Wire.Udp($"{V6.Client}:4000", $"{V6.Vip}:53", "q", checksum: false)));
        Assert.Null(v6.Send(Wire.Udp($"{V6.Server}:5353", $"{V6.Client}:4000", "a", checksum: false)));
        Assert.Equal(2, v6.Core.Counters.Dropped(DropReason.NoChecksum));
    }

    /// <summary>A sum that comes out as zero is sent as ffff: zero would say that there is none (RFC 768).</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Udp_SumOfZero_LeavesAsOnes(bool v6)
    {
        Family f = v6 ? V6 : V4;
        TestDirector director = Director(f);
        int seen = 0;
        for (int word = 0; word < 65_536; word++)
        {
            byte[] packet = Wire.Udp($"{f.Client}:4000", $"{f.Vip}:53", "xx");
            int at = f.Ip + 6;
            ushort before = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(at));
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at + 2), (ushort)word);
            int sum = before + 0x7878 + (ushort)~word;
            sum = (sum & 0xffff) + (sum >> 16);
            sum = (sum & 0xffff) + (sum >> 16);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at), sum == 0 ? ushort.MaxValue : (ushort)sum);
            byte[] left = director.Send(packet)!;
            ushort field = BinaryPrimitives.ReadUInt16BigEndian(left.AsSpan(at));
            Assert.NotEqual(0, field);
            seen += field == ushort.MaxValue ? 1 : 0;
        }

        Assert.InRange(seen, 1, 2);
    }

    public static TheoryData<byte[], DropReason> Options4() => new()
    {
        { [131, 7, 4, 10, 0, 0, 9, 0], DropReason.SourceRoute },
        { [137, 7, 4, 10, 0, 0, 9, 0], DropReason.SourceRoute },
        { [7, 9, 4, 0], DropReason.BadOptions },
        { [7, 1, 4, 0], DropReason.BadOptions },
        { [7, 7, 4, 0, 0, 0, 0, 0], DropReason.None },
        { [148, 4, 0, 0], DropReason.None },
    };

    /// <summary>Record route and router alert go on in both directions, source routes and lists that lie do not.</summary>
    [Theory]
    [MemberData(nameof(Options4))]
    public void Options_BothWays_CarriedOrRefused(byte[] options, DropReason reason)
    {
        TestDirector director = Director(V4);
        (byte[] ask, byte[] answer) = Talk(V4, "udp", 10);
        director.Send(ask);
        foreach (byte[] plain in new[] { ask, answer })
        {
            byte[] packet = [.. plain[..20], .. options, .. plain[20..]];
            packet[0] = (byte)(0x45 + (options.Length / 4));
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            byte[]? left = director.Send(Wire.WriteHeaderChecksum(packet));
            Assert.Equal(reason == DropReason.None, left is not null);
            Assert.True(left is null || ReferenceChecksum.IsValid(left));
            Assert.True(left is null || left.AsSpan(20, options.Length).SequenceEqual(options));
        }

        Assert.Equal(reason == DropReason.None ? 0 : 2, director.Core.Counters.Dropped(reason == DropReason.None ? DropReason.BadOptions : reason));
    }

    [Theory]
    [InlineData(43, 1, DropReason.SourceRoute)]
    [InlineData(43, 0, DropReason.None)]
    [InlineData(0, 0, DropReason.None)]
    [InlineData(60, 0, DropReason.None)]
    public void ExtensionHeaders_BothWays_CarriedOrRefused(byte kind, byte third, DropReason reason)
    {
        TestDirector director = Director(V6);
        (byte[] ask, byte[] answer) = Talk(V6, "udp", 10);
        director.Send(ask);
        foreach (byte[] plain in new[] { ask, answer })
        {
            byte[]? left = director.Send(Wire.WithExtensions(plain, (kind, [0, 0, 0, third, 0, 0, 0, 0])));
            Assert.Equal(reason == DropReason.None, left is not null);
            Assert.True(left is null || ReferenceChecksum.IsValid(left));
        }

        Assert.Equal(reason == DropReason.None ? 0 : 2, director.Core.Counters.Dropped(DropReason.SourceRoute));
    }

    private static (byte[] Ask, byte[] Answer) Talk(Family f, string protocol, int bytes)
    {
        string data = new('d', bytes);
        return protocol switch
        {
            "tcp" => (Wire.Tcp($"{f.Client}:4000", $"{f.Vip}:80", "S", data), Wire.Tcp($"{f.Server}:8080", $"{f.Client}:4000", "SA", data)),
            "udp" => (Wire.Udp($"{f.Client}:4000", $"{f.Vip}:53", data), Wire.Udp($"{f.Server}:5353", $"{f.Client}:4000", data)),
            _ => (Wire.Sctp($"{f.Client}:4000", $"{f.Vip}:3868", Wire.Chunk(1, bytes)),
                Wire.Sctp($"{f.Server}:3869", $"{f.Client}:4000", Wire.Chunk(2, bytes))),
        };
    }

    private static TestDirector Director(Family f, Func<ForwardingCoreOptions, ForwardingCoreOptions>? change = null) => new TestDirector(change)
        .Service($"{f.Vip}:80/tcp", "rr", $"{f.Server}:8080").Service($"{f.Vip}:53/udp", "rr", $"{f.Server}:5353")
        .Service($"{f.Vip}:3868/sctp", "rr", $"{f.Server}:3869");

    private static byte[] TooBig(string from, string to, byte[] quoted, uint mtu) =>
        quoted[0] >> 4 == 6
            ? Wire.Icmp(Bare(from), Bare(to), 2, 0, mtu, quoted)
            : Wire.Icmp(Bare(from), Bare(to), 3, 4, mtu, quoted[..Math.Min(quoted.Length, 548)]);

    /// <summary>The quote is what its receiver has sent, but for the hop that it has lost and, of SCTP, the CRC that nobody can mend in a piece.</summary>
    private static void CheckQuote(Family f, byte[] sent, byte[] error, bool crc)
    {
        Assert.True(ReferenceChecksum.IsValid(error));
        byte[] quoted = error[(f.Ip + 8)..];
        byte[] expected = sent[..quoted.Length];
        (quoted[f.IsV6 ? 7 : 8], expected[f.IsV6 ? 7 : 8]) = (0, 0);
        if (!f.IsV6)
        {
            (quoted[10], quoted[11], expected[10], expected[11]) = (0, 0, 0, 0); // It covers the hop; checked by the theory on options.
        }

        if (crc)
        {
            quoted.AsSpan(f.Ip + 8, 4).Clear();
            expected.AsSpan(f.Ip + 8, 4).Clear();
        }

        Assert.Equal(expected, quoted);
    }

    private static byte[] WithOptions(byte[] packet)
    {
        if (packet[0] >> 4 == 6)
        {
            return Wire.WithExtensions(packet, (60, new byte[8]));
        }

        byte[] whole = [.. packet[..20], 148, 4, 0, 0, .. packet[20..]];
        whole[0] = 0x46;
        BinaryPrimitives.WriteUInt16BigEndian(whole.AsSpan(2), (ushort)whole.Length);
        return Wire.WriteHeaderChecksum(whole);
    }

    private static byte[] Marked(byte[] packet, byte service)
    {
        byte[] marked = [.. packet];
        if (packet[0] >> 4 == 6)
        {
            (marked[0], marked[1]) = ((byte)(0x60 | (service >> 4)), (byte)(service << 4));
            return marked;
        }

        marked[1] = service;
        return Wire.WriteHeaderChecksum(marked);
    }

    private static int ServiceOf(byte[] packet) => packet[0] >> 4 == 6 ? ((packet[0] & 15) << 4) | (packet[1] >> 4) : packet[1];

    /// <summary>A super-packet as a TUN gives it: pseudo-header sum, and the header that tells the size of its segments.</summary>
    private static byte[] Super(TestDirector director, byte[] packet, ushort segment)
    {
        int ip = packet[0] >> 4 == 6 ? 40 : 20;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(ip + 16), (ushort)~ReferenceChecksum.Of([], ReferenceChecksum.Pseudo(packet)));
        director.Virtio = [1, ip == 40 ? (byte)4 : (byte)1, (byte)(ip + 20), 0, (byte)segment, (byte)(segment >> 8), (byte)ip, 0, 16, 0];
        return packet;
    }

    private static string Bare(string address) => address.Trim('[', ']');
}
