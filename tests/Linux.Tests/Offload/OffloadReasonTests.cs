using System.Net;
using HaLvs.Linux.Offload;
using Xunit.Abstractions;

namespace HaLvs.Linux.Tests.Offload;

/// <summary>Each reason for the user path, through both entry points: nothing is forwarded, and the reason is counted.</summary>
public sealed class OffloadReasonTests(ITestOutputHelper output)
{
    private const string Client = "198.51.100.7:40001";
    private const string Vip = "192.0.2.100:80";
    private const string Server = "10.0.0.2:8080";
    private const string Client6 = "[2001:db8:1::7]:40001";
    private const string Vip6 = "[2001:db8::100]:80";
    private const string Server6 = "[fd00::2]:8080";
    private const int Ip = Frame.Ethernet;

    /// <summary>Packets of inserted flows, each with one thing that the program must not forward.</summary>
    private static readonly (string Name, OffloadReason Reason, Func<byte[]> Frame)[] Table =
    [
        ("SYN", OffloadReason.StateChange, () => Tcp(flags: 0x02)),
        ("SYN ACK", OffloadReason.StateChange, () => Tcp(flags: 0x12)),
        ("FIN", OffloadReason.StateChange, () => Tcp(flags: 0x11)),
        ("RST", OffloadReason.StateChange, () => Tcp(flags: 0x04)),
        ("RST of IPv6", OffloadReason.StateChange, () => Tcp6(flags: 0x14)),
        ("TTL 1", OffloadReason.HopsExceeded, () => Tcp(ttl: 1)),
        ("TTL 0", OffloadReason.HopsExceeded, () => Tcp(ttl: 0)),
        ("hop limit 1", OffloadReason.HopsExceeded, () => Tcp6(ttl: 1)),
        ("more fragments", OffloadReason.Fragment, () => Header(p => p[6] |= 0x20)),
        ("fragment offset", OffloadReason.Fragment, () => Header(p => p[7] = 9)),
        ("IPv6 fragment", OffloadReason.Fragment, () => Tcp6(change: p => p[6] = 44)),
        ("IPv6 hop-by-hop options", OffloadReason.Options, () => Tcp6(change: p => p[6] = 0)),
        ("IPv6 destination options", OffloadReason.Options, () => Tcp6(change: p => p[6] = 60)),
        ("IPv4 options", OffloadReason.Options, () => Header(p => p[0] = 0x46)),
        ("header length 16", OffloadReason.BadHeader, () => Header(p => p[0] = 0x44)),
        ("version 5", OffloadReason.BadHeader, () => Header(p => p[0] = 0x55)),
        ("total length beyond the frame", OffloadReason.BadHeader, () => Header(p => p[3] += 1)),
        ("total length below the header", OffloadReason.BadHeader, () => Header(p => p[2] = p[3] = 0)),
        ("wrong header checksum", OffloadReason.BadHeader, () => Change(Tcp(), f => f[Ip + 10] ^= 1)),
        ("payload length beyond the frame", OffloadReason.BadHeader, () => Tcp6(change: p => p[5] += 1)),
        ("payload length 0", OffloadReason.BadHeader, () => Tcp6(change: p => p[4] = p[5] = 0)),
        ("cut in the TCP header", OffloadReason.BadHeader, () => Header(p => (p[2], p[3]) = (0, 39))),
        ("TCP data offset 16", OffloadReason.BadHeader, () => Change(Tcp(), f => f[Ip + 32] = 0x40)),
        ("TCP data offset beyond the packet", OffloadReason.BadHeader, () => Change(Tcp(), f => f[Ip + 32] = 0xf0)),
        ("UDP length beyond the packet", OffloadReason.BadHeader, () => Change(Udp(), f => f[Ip + 25] += 1)),
        ("UDP length 7", OffloadReason.BadHeader, () => Change(Udp(), f => (f[Ip + 24], f[Ip + 25]) = (0, 7))),
        ("UDP without a checksum", OffloadReason.NoChecksum, () => Change(Udp(), f => (f[Ip + 26], f[Ip + 27]) = (0, 0))),
        ("ICMP", OffloadReason.Protocol, () => Header(p => p[9] = 1)),
        ("ICMPv6", OffloadReason.Protocol, () => Tcp6(change: p => p[6] = 58)),
        ("GRE", OffloadReason.Protocol, () => Header(p => p[9] = 47)),
        ("SCTP ABORT", OffloadReason.StateChange, () => Sctp(6)),
        ("SCTP SHUTDOWN", OffloadReason.StateChange, () => Sctp(7)),
        ("SCTP COOKIE ECHO", OffloadReason.StateChange, () => Sctp(10)),
        ("ARP", OffloadReason.NotIp, () => Change(Tcp(), f => (f[12], f[13]) = (0x08, 0x06))),
        ("VLAN tag", OffloadReason.Vlan, () => [.. new byte[12], 0x81, 0x00, 0x00, 0x0a, .. Tcp()[12..]]),
        ("another client", OffloadReason.NoFlow, () => Frame.Build(Frame.Tcp, IPEndPoint.Parse("198.51.100.8:40001"), IPEndPoint.Parse(Vip), new byte[10])),
        ("another port", OffloadReason.NoFlow, () => Frame.Build(Frame.Tcp, IPEndPoint.Parse("198.51.100.7:40002"), IPEndPoint.Parse(Vip), new byte[10])),
        ("another IPv6 client", OffloadReason.NoFlow, () => Frame.Build(Frame.Tcp, IPEndPoint.Parse("[2001:db8:1::8]:40001"), IPEndPoint.Parse(Vip6), new byte[10])),
        ("another host's frame", OffloadReason.NotOurs, () => Change(Tcp(), f => f[5] = 1)),
        ("a group's frame", OffloadReason.NotOurs, () => Change(Tcp(), f => f[0] = 1)),
        ("larger than the far MTU", OffloadReason.TooBig, () => Tcp(bytes: OffloadBench.Mtu - 39)),
        ("IPv6, larger than the far MTU", OffloadReason.TooBig, () => Tcp6(bytes: OffloadBench.Mtu - 59)),
    ];

    [Theory]
    [InlineData(OffloadMode.Tc)]
    [InlineData(OffloadMode.Xdp)]
    public void Run_PacketThatIsNotPlain_IsLeftAndCounted(OffloadMode mode)
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        using OffloadBench bench = Bench();
        foreach ((string name, OffloadReason reason, Func<byte[]> frame) in Table)
            Left(bench, mode, name, reason, frame());
        bench[mode].Run(Tcp(bytes: OffloadBench.Mtu - 40), out bool fits);
        Assert.True(fits);
        output.WriteLine($"{Table.Length} packets left to the user path, each for its reason");
    }

    [Theory]
    [InlineData(OffloadMode.Tc)]
    [InlineData(OffloadMode.Xdp)]
    public void Run_LeaseSwitchAndNextHop_DecideAtOnce(OffloadMode mode)
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        using OffloadBench bench = Bench();
        Forwarded(bench, mode, true);
        bench.Program.Stop();
        Left(bench, mode, "stopped", OffloadReason.NoLease, Tcp());
        bench.Program.Renew(MonotonicClock.Now - TimeSpan.FromMilliseconds(1));
        Left(bench, mode, "lease over", OffloadReason.NoLease, Tcp());
        bench.Program.Renew(MonotonicClock.Now + TimeSpan.FromMinutes(1));
        Forwarded(bench, mode, true);
        bench.Program.ClearNextHop(1);
        Left(bench, mode, "no next hop", OffloadReason.NoNextHop, Tcp());
        bench.Program.SetNextHop(1, new OffloadNextHop(OffloadBench.InsideIndex, OffloadBench.ClientMac, OffloadBench.OwnInside, 40));
        Left(bench, mode, "a smaller MTU", OffloadReason.TooBig, Tcp());
        bench.Program.SetNextHop(1, new OffloadNextHop(OffloadBench.InsideIndex, OffloadBench.ClientMac, OffloadBench.OwnInside, 1500));
        Assert.Equal("0242C6336401", Convert.ToHexString(bench[mode].Run(Tcp(), out _)[..6]));
        bench.Program.Close(ProgramTrial.InterfaceIndex);
        Left(bench, mode, "interface not served", OffloadReason.NotOurs, Tcp());
    }

    /// <summary>A lease that runs out while packets come: not one is forwarded after the deadline, without any call.</summary>
    [Fact]
    public void Run_LeaseRunsOut_NothingIsForwardedAfterwards()
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        using OffloadBench bench = Bench();
        byte[] frame = Tcp();
        TimeSpan until = MonotonicClock.Now + TimeSpan.FromMilliseconds(30);
        bench.Program.Renew(until);
        int before = 0;
        int after = 0;
        while (after < 1000)
        {
            TimeSpan sent = MonotonicClock.Now;
            bench[OffloadMode.Tc].Run(frame, out bool forwarded);
            Assert.False(forwarded && sent > until, "forwarded after the lease");
            before += forwarded ? 1 : 0;
            after += sent > until ? 1 : 0;
        }

        output.WriteLine($"{before} forwarded before the end, none of {after} afterwards");
        Assert.True(before > 0);
    }

    [Theory]
    [InlineData(OffloadMode.Tc)]
    [InlineData(OffloadMode.Xdp)]
    public void Run_AnswerFromOutside_IsNotOurs(OffloadMode mode)
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        using OffloadBench bench = Bench();
        bench.Program.Open(ProgramTrial.InterfaceIndex, default, OffloadSides.Outside);
        Forwarded(bench, mode, true);
        Left(bench, mode, "answer from outside", OffloadReason.NotOurs, Frame.Build(Frame.Tcp, IPEndPoint.Parse(Server), IPEndPoint.Parse(Client), new byte[4]));
        bench.Program.Open(ProgramTrial.InterfaceIndex, default, OffloadSides.Inside);
        Forwarded(bench, mode, true);
        bench[mode].Run(Frame.Build(Frame.Tcp, IPEndPoint.Parse(Server), IPEndPoint.Parse(Client), new byte[4]), out bool answered);
        Assert.True(answered);
    }

    /// <summary>XDP would lose what it redirects to an interface whose driver does not take it.</summary>
    [Fact]
    public void Run_NextHopWithoutXdp_OnlyTcForwards()
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        using OffloadBench bench = Bench();
        bench.Program.SetXdp(OffloadBench.InsideIndex, false);
        Left(bench, OffloadMode.Xdp, "no XDP there", OffloadReason.NoNextHop, Tcp());
        Forwarded(bench, OffloadMode.Tc, true);
        bench.Program.SetXdp(OffloadBench.InsideIndex, true);
        Forwarded(bench, OffloadMode.Xdp, true);
    }

    /// <summary>A super-packet is judged by the segments that it becomes.</summary>
    [Theory]
    [InlineData(1460, true)]
    [InlineData(1461, false)]
    public void Run_SuperPacketOverTc_IsJudgedBySegments(int segmentBytes, bool forwards)
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        using OffloadBench bench = Bench();
        bench[OffloadMode.Tc].Run(Tcp(bytes: 2900), out bool forwarded, segmentBytes);
        Assert.Equal(forwards, forwarded);
    }

    private static OffloadBench Bench()
    {
        OffloadBench bench = new();
        Assert.Equal(OffloadOutcome.Inserted, bench.Insert(OffloadBench.Flow(Frame.Tcp, 1, Client, Vip, Client, Server)));
        Assert.Equal(OffloadOutcome.Inserted, bench.Insert(OffloadBench.Flow(Frame.Udp, 2, Client, Vip, Client, Server)));
        Assert.Equal(OffloadOutcome.Inserted, bench.Insert(OffloadBench.Flow(Frame.Sctp, 3, Client, Vip, Client, "10.0.0.2:80")));
        Assert.Equal(OffloadOutcome.Inserted, bench.Insert(OffloadBench.Flow(Frame.Tcp, 4, Client6, Vip6, Client6, Server6)));
        return bench;
    }

    private static void Left(OffloadBench bench, OffloadMode mode, string name, OffloadReason reason, byte[] frame)
    {
        ulong before = bench.Program.Statistics()[reason];
        ReadOnlySpan<byte> after = bench[mode].Run(frame, out bool forwarded);
        Assert.False(forwarded, name);
        Assert.True(after.SequenceEqual(frame), $"{name}: changed");
        Assert.True(bench.Program.Statistics()[reason] == before + 1, $"{name}: not counted as {reason}");
    }

    private static void Forwarded(OffloadBench bench, OffloadMode mode, bool expected)
    {
        bench[mode].Run(Tcp(), out bool forwarded);
        Assert.Equal(expected, forwarded);
    }

    private static byte[] Tcp(byte flags = 0x10, byte ttl = 64, int bytes = 10) =>
        Frame.Build(Frame.Tcp, IPEndPoint.Parse(Client), IPEndPoint.Parse(Vip), new byte[bytes], ttl, flags);

    private static byte[] Tcp6(byte flags = 0x10, byte ttl = 64, int bytes = 10, Action<byte[]>? change = null)
    {
        byte[] frame = Frame.Build(Frame.Tcp, IPEndPoint.Parse(Client6), IPEndPoint.Parse(Vip6), new byte[bytes], ttl, flags);
        byte[] packet = frame[Ip..];
        change?.Invoke(packet);
        return [.. frame[..Ip], .. packet];
    }

    private static byte[] Udp() => Frame.Build(Frame.Udp, IPEndPoint.Parse(Client), IPEndPoint.Parse(Vip), new byte[10]);

    private static byte[] Sctp(byte chunk) => Frame.Build(Frame.Sctp, IPEndPoint.Parse(Client), IPEndPoint.Parse(Vip), [chunk, 0, 0, 8, 1, 2, 3, 4]);

    private static byte[] Change(byte[] frame, Action<byte[]> change)
    {
        change(frame);
        return frame;
    }

    /// <summary>A changed IPv4 header whose checksum is right again.</summary>
    private static byte[] Header(Action<byte[]> change)
    {
        byte[] frame = Tcp();
        byte[] packet = frame[Ip..];
        change(packet);
        packet[10] = packet[11] = 0;
        ushort sum = HaLvs.Forwarder.Tests.Lab.ReferenceChecksum.Of(packet.AsSpan(0, 20));
        (packet[10], packet[11]) = ((byte)(sum >> 8), (byte)sum);
        return [.. frame[..Ip], .. packet];
    }
}
