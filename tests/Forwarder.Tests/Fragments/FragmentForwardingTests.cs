using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Fragments;

/// <summary>Fragmented datagrams through the director, both families, both directions, in any order: put together they are what a whole one would have been.</summary>
public sealed class FragmentForwardingTests
{
    public static TheoryData<string, string, string> Families() => new()
    {
        { "192.0.2.11:40001", "192.0.2.100:53", "10.0.0.2:5353" },
        { "[2001:db8:c::11]:40001", "[2001:db8::100]:53", "[fd00::2]:5353" },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void Datagram_AnyOrderBothDirections_AsTheWholeOne(string client, string service, string server)
    {
        TestDirector director = new();
        director.Service($"{service}/udp", "rr", server);
        Random random = new(5);
        for (uint round = 0; round < 50; round++)
        {
            string data = new('x', random.Next(1200, 4000));
            byte[][] asked = Pieces.Cut(Wire.Udp(client, service, data, df: false), 600, round);
            byte[][] answered = Pieces.Cut(Wire.Udp(server, client, data, df: false), 1208, round);
            Assert.Equal(Wire.Udp(client, server, data, ttl: 63, df: false), Unnamed(Pieces.Join(SendAll(director, asked, random))));
            Assert.Equal(Wire.Udp(service, client, data, ttl: 63, df: false), Unnamed(Pieces.Join(SendAll(director, answered, random))));
        }

        Assert.Empty(director.Core.Counters.Drops());
        Assert.Equal(1, director.Core.ConnectionCount);
        Assert.Equal((0, 512), (director.Core.Fragments.Entries, director.Core.Fragments.FreeBlocks));
        Assert.True(Assert.Single(director.Servers($"{service}/udp")).InBytes > 50 * 1200);
    }

    [Fact]
    public void Datagram_WithoutChecksum_StaysWithout()
    {
        TestDirector director = Dns();
        byte[] packet = Wire.Udp("192.0.2.11:40001", "192.0.2.100:53", new string('x', 3000), checksum: false, df: false);
        byte[] left = Pieces.Join(SendAll(director, Pieces.Cut(packet, 800), new Random(1)));
        Assert.Equal("192.0.2.11:40001 > 10.0.0.2:5353 UDP", Wire.Describe(left));
        Assert.Equal((0, 0), (left[26], left[27]));
    }

    [Theory]
    [InlineData("192.0.2.11", "192.0.2.100", "192.0.2.100 > 192.0.2.11 ICMP 0/0")]
    [InlineData("2001:db8:c::11", "2001:db8::100", "2001:db8::100 > 2001:db8:c::11 ICMP 129/0")]
    public void Echo_LargeToTheVirtualAddress_AnsweredPieceByPiece(string client, string vip, string expected)
    {
        TestDirector director = Dns();
        byte[] answer = Pieces.Join(SendAll(director, Pieces.Cut(Wire.Echo(client, vip, 9, bytes: 3000), 1400), new Random(2)));
        Assert.Equal(expected, Wire.Describe(answer));
        Assert.True(ReferenceChecksum.IsValid(answer));
        Assert.Equal(Wire.Echo(client, vip, 9, bytes: 3000)[^3000..], answer[^3000..]);
    }

    [Theory]
    [InlineData("10.0.0.2", "198.51.100.1", "192.0.2.100")]
    [InlineData("fd00::2", "2001:db8:f::1", "2001:db8::100")]
    public void Masquerade_LargeEchoAndDatagram_LeaveAndComeBack(string inside, string far, string vip)
    {
        TestDirector director = TestDirector.Masquerading();
        Random random = new(3);
        byte[] ping = Pieces.Join(SendAll(director, Pieces.Cut(Wire.Echo(inside, far, 9, bytes: 2000), 800), random));
        Assert.True(ReferenceChecksum.IsValid(ping));
        byte[] pong = Pieces.Join(SendAll(director, Pieces.Cut(Wire.Echo(far, vip, 9, reply: true, bytes: 2000), 800), random));
        Assert.True(ReferenceChecksum.IsValid(pong));
        Assert.Equal(Wire.Echo(far, inside, 9, reply: true, bytes: 2000)[^2000..], pong[^2000..]);
        Assert.StartsWith(far + " > " + inside, Wire.Describe(pong), StringComparison.Ordinal);

        string end(string address, int port) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";
        byte[] left = Pieces.Join(SendAll(director, Pieces.Cut(Wire.Udp(end(inside, 7), end(far, 53), new string('y', 3000), df: false), 1400), random));
        Assert.Equal($"{end(vip, 7)} > {end(far, 53)} UDP", Wire.Describe(left));
        Assert.True(ReferenceChecksum.IsValid(left));
    }

    [Fact]
    public void NoneOfOurs_PassesUnchangedInAnyOrder()
    {
        TestDirector director = Dns();
        byte[] packet = Wire.Udp("10.0.0.7:5", "198.51.100.1:53", new string('z', 3000), df: false);
        Assert.Equal(packet[8] - 2, Pieces.Join(SendAll(director, Pieces.Cut(packet, 800), new Random(4)))[8]);
        Assert.Equal(4, director.Core.Counters.PassedPackets);
    }

    [Fact]
    public void FirstRefused_TheRestIsDroppedAndCounted()
    {
        TestDirector director = Dns();
        byte[][] pieces = Pieces.Cut(Wire.Udp("192.0.2.11:5", "192.0.2.100:99", new string('z', 3000), df: false), 1000);
        Assert.Null(director.Send(pieces[3]));
        Assert.Equal("192.0.2.100 > 192.0.2.11 ICMP 3/3", director.Answer(pieces[0]));
        Assert.Null(director.Send(pieces[1]));
        Assert.Empty(director.Pending());
        Assert.Equal(2, director.Core.Counters.Dropped(DropReason.FragmentRefused));
    }

    [Theory]
    [InlineData("192.0.2.11:40001", "192.0.2.100:53", 30)]
    [InlineData("[2001:db8:c::11]:40001", "[2001:db8::100]:53", 60)]
    public void FirstNeverComes_HeldOnesGoAfterTheTime(string client, string service, int seconds)
    {
        TestDirector director = new();
        byte[][] pieces = Pieces.Cut(Wire.Udp(client, service, new string('z', 3000), df: false), 1000);
        Assert.Null(director.Send(pieces[1]));
        Assert.Null(director.Send(pieces[2]));
        director.Wait(seconds - 1);
        Assert.Equal(1, director.Core.Fragments.Entries);
        director.Wait(1.2);
        Assert.Equal((0, 512), (director.Core.Fragments.Entries, director.Core.Fragments.FreeBlocks));
        Assert.Equal(2, director.Core.Counters.Dropped(DropReason.FragmentTimedOut));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Overlap_SpoilsTheDatagram(string client, string service, string server)
    {
        foreach (bool outward in new[] { false, true })
        {
            TestDirector director = new();
            director.Service($"{service}/udp", "rr", server);
            director.Send(Wire.Udp(client, service, "q"));
            byte[] packet = outward ? Wire.Udp(server, client, new string('z', 3000), df: false) : Wire.Udp(client, service, new string('z', 3000), df: false);
            byte[][] pieces = Pieces.Cut(packet, 1000);
            Assert.NotNull(director.Send(pieces[0]));
            Assert.Null(director.Send(pieces[0])); // Only a duplicate.
            Assert.NotNull(director.Send(pieces[1]));
            Assert.Null(director.Send(Pieces.Piece(packet, new byte[1000], 1496, more: true)));
            Assert.Null(director.Send(pieces[2]));
            Assert.Equal(3, director.Core.Counters.Dropped(DropReason.FragmentOverlap));
        }
    }

    [Fact]
    public void LastFragment_EndsBeforeWhatCame_SpoilsTheDatagram()
    {
        TestDirector director = Dns();
        byte[] packet = Wire.Udp("192.0.2.11:40001", "192.0.2.100:53", new string('z', 3000), df: false);
        byte[][] pieces = Pieces.Cut(packet, 1000);
        Assert.NotNull(director.Send(pieces[0]));
        Assert.NotNull(director.Send(pieces[2]));
        Assert.Null(director.Send(Pieces.Piece(packet, new byte[96], 1000, more: false)));
        Assert.Null(director.Send(pieces[1]));
        Assert.Equal(2, director.Core.Counters.Dropped(DropReason.FragmentOverlap));
    }

    [Fact]
    public void IdentificationUsedAgain_AfterAWhile_IsANewDatagram()
    {
        TestDirector director = Dns();
        byte[][] pieces = Pieces.Cut(Wire.Udp("192.0.2.11:40001", "192.0.2.100:53", new string('z', 3000), df: false), 1000);
        Assert.NotNull(director.Send(pieces[0]));
        director.Now += 1500;
        Assert.NotNull(director.Send(pieces[0]));
    }

    public static TheoryData<byte[], DropReason> Tiny()
    {
        byte[] tcp = Wire.Tcp("192.0.2.11:40001", "192.0.2.100:80", "S", new string('x', 400), df: false);
        byte[] udp6 = Wire.Udp("[2001:db8:c::11]:1", "[2001:db8::100]:53", new string('x', 400));
        return new()
        {
            { Pieces.Piece(tcp, tcp[20..28], 0, more: true), DropReason.FragmentTiny },
            { Pieces.Piece(tcp, tcp[28..60], 8, more: true), DropReason.FragmentTiny },
            { Pieces.Piece(tcp, tcp[36..60], 16, more: true), DropReason.FragmentTiny },
            { Wire.WithExtensions(udp6, (44, [0, 0, 0, 1, 0, 0, 0, 9]), (60, [0, 200, 0, 0, 0, 0, 0, 0])), DropReason.FragmentTiny },
            { Pieces.Piece(tcp, new byte[13], 24, more: true), DropReason.BadFragment },
            { Pieces.Piece(tcp, [], 24, more: false), DropReason.BadFragment },
            { Pieces.Piece(tcp, new byte[600], 65_528, more: false), DropReason.BadFragment },
        };
    }

    [Theory]
    [MemberData(nameof(Tiny))]
    public void Piece_ThatNoHostSends_DroppedAndCounted(byte[] piece, DropReason reason)
    {
        TestDirector director = Dns();
        Assert.Null(director.Send(piece));
        Assert.Equal(reason, Assert.Single(director.Core.Counters.Drops()).Reason);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Flood_OfPiecesWithoutFirst_BoundedAndOthersStillServed(bool v6, bool outward)
    {
        (string client, string service, string server) = v6
            ? ("[2001:db8:c::11]:40001", "[2001:db8::100]:53", "[fd00::2]:5353")
            : ("192.0.2.11:40001", "192.0.2.100:53", "10.0.0.2:5353");
        TestDirector director = new TestDirector().Service($"{service}/udp", "rr", server);
        director.Send(Wire.Udp(client, service, "q"));
        string data = new('z', 3000);
        byte[][] pieces = Pieces.Cut(outward ? Wire.Udp(server, client, data, df: false) : Wire.Udp(client, service, data, df: false), 1000);
        for (uint i = 0; i < 5000; i++)
        {
            string forger = v6 ? $"[2001:db8:d::{i + 1:x}]:5" : $"198.51.{i >> 8}.{i & 255}:5";
            byte[] packet = outward ? Wire.Udp(server, forger, data, df: false) : Wire.Udp(forger, service, data, df: false);
            Assert.Null(director.Send(Pieces.Piece(packet, new byte[1000], 1000, more: true, i)));
        }

        Assert.Equal(5000 - 256, director.Core.Counters.Dropped(DropReason.FragmentsFull));
        Assert.Null(director.Send(pieces[1]));
        Assert.NotNull(director.Send(pieces[0]));
        Assert.Single(director.Pending());
    }

    [Fact]
    public void Piece_LargeForServers_PacketTooBig()
    {
        TestDirector director = new(o => o with { InternalMtu = 1300 });
        director.Service("[2001:db8::100]:53/udp", "rr", "[fd00::2]:53");
        byte[][] pieces = Pieces.Cut(Wire.Udp("[2001:db8:c::11]:1", "[2001:db8::100]:53", new string('x', 3000)), 1400);
        Assert.Equal("2001:db8::100 > 2001:db8:c::11 ICMP 2/0", director.Answer(pieces[0]));
        Assert.Null(director.Send(pieces[1]));
        byte[][] uneven = Pieces.Cut(Wire.Udp("[2001:db8:c::11]:1", "[2001:db8::100]:53", new string('x', 3000)), 1400, 8);
        byte[] small = Pieces.Piece(uneven[0], uneven[0][48..1048], 0, more: true, 9);
        Assert.NotNull(director.Send(small));
        byte[] answer = director.Send(Pieces.Piece(uneven[0], new byte[1400], 1000, more: true, 9))!;
        Assert.Equal("2001:db8::100 > 2001:db8:c::11 ICMP 2/0", Wire.Describe(answer));
        Assert.True(ReferenceChecksum.IsValid(answer));
    }

    [Fact]
    public void Sctp_PortChanges_WholePacketWouldBeNeeded()
    {
        TestDirector director = new();
        director.Service("192.0.2.100:3868/sctp", "rr", "10.0.0.2:3868").Service("192.0.2.100:3869/sctp", "rr", "10.0.0.2:3868");
        byte[] same = Wire.Sctp("192.0.2.11:9", "192.0.2.100:3868", Wire.Chunk(1, 2000));
        Assert.True(ReferenceChecksum.IsValid(Pieces.Join(SendAll(director, Pieces.Cut(same, 800), new Random(6)))));
        byte[] other = Wire.Sctp("192.0.2.11:9", "192.0.2.100:3869", Wire.Chunk(1, 2000));
        Assert.Empty(SendAll(director, Pieces.Cut(other, 800, 8), new Random(6)));
        Assert.Equal(3, director.Core.Counters.Dropped(DropReason.FragmentRefused));
    }

    private static TestDirector Dns() => new TestDirector().Service("192.0.2.100:53/udp", "rr", "10.0.0.2:5353");

    private static List<byte[]> SendAll(TestDirector director, byte[][] pieces, Random random)
    {
        List<byte[]> left = [];
        random.Shuffle(pieces);
        foreach (byte[] piece in pieces)
        {
            if (director.Send(piece) is { } packet)
            {
                left.Add(packet);
            }

            left.AddRange(director.Pending());
        }

        return left;
    }

    /// <summary>Without the identification, which belongs to the pieces.</summary>
    private static byte[] Unnamed(byte[] packet)
    {
        if (packet[0] >> 4 == 4)
        {
            packet[4] = packet[5] = 0;
            Wire.WriteHeaderChecksum(packet);
        }

        return packet;
    }
}
