using System.Buffers.Binary;
using Xunit.Abstractions;

namespace HaLvs.Linux.Tests;

public sealed class TunDeviceTests(ITestOutputHelper output)
{
    [Fact]
    public void TryRead_PacketOfTheKernel_ArrivesWithHeaderAndNothingAllocates() => In(space =>
    {
        using TunDevice tun = TunDevice.Open("halvs0");
        using EventFd wake = new();
        using Poller poller = new(tun.Handle, wake.Handle);
        Up(space);
        byte[] frame = new byte[TunDevice.MaxFrameBytes];
        TestNamespace.Shell($"ip netns exec {space.Name} ping -c 1 -W 0.2 192.0.2.100 || true");
        Assert.Equal(1, poller.Wait(TimeSpan.FromSeconds(5)));
        Assert.True(poller.IsReadable(0));
        Assert.False(poller.IsReadable(1));
        int length = tun.TryRead(frame);
        Assert.Equal(TunDevice.HeaderBytes + 84, length);
        Assert.Equal(0x45, frame[TunDevice.HeaderBytes]);

        // The runtime itself allocates now and then (tiered compilation, first uses); a call that allocates does so in every round.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => AllocatedByThousandFrames(tun, poller, frame, length)));
    });

    private static long AllocatedByThousandFrames(TunDevice tun, Poller poller, byte[] frame, int length)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            tun.TryRead(frame);
            poller.Wait(TimeSpan.Zero);
            tun.TryWrite(frame.AsSpan(0, length));
            while (tun.TryRead(frame.AsSpan()) > 0)
            {
            }
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    [Fact]
    public void TryWrite_EchoReply_ReachesThePing() => In(space =>
    {
        using TunDevice tun = TunDevice.Open("halvs0");
        using Poller poller = new(tun.Handle);
        Up(space);
        Task<string> ping = Task.Run(() => TestNamespace.Shell($"ip netns exec {space.Name} ping -c 3 -i 0.05 -W 5 192.0.2.100"));
        byte[] frame = new byte[TunDevice.MaxFrameBytes];
        while (!ping.IsCompleted)
        {
            poller.Wait(TimeSpan.FromMilliseconds(20));
            for (int length = tun.TryRead(frame); length > 0; length = tun.TryRead(frame))
                Assert.True(tun.TryWrite(Answer(frame.AsSpan(0, length))));
        }

        Assert.Contains("3 received", ping.GetAwaiter().GetResult(), StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("192.0.2.100", 20)]
    [InlineData("2001:db8::100", 40)]
    public void SeparateSyns_Handshake_OnlyTheSynComesByTheSecondQueue(string address, int headerBytes) => In(space =>
    {
        using TunDevice tun = TunDevice.Open("halvs0");
        using TunDevice syns = tun.SeparateSyns();
        using Poller first = new(tun.Handle);
        using Poller second = new(syns.Handle);
        Up(space);
        byte[] frame = new byte[TunDevice.MaxFrameBytes];
        Task client = Task.Run(() => TestNamespace.Shell($"ip netns exec {space.Name} timeout 2 bash -c 'exec 3<>/dev/tcp/{address}/80; echo x >&3' || true"));
        int flags = TunDevice.HeaderBytes + headerBytes + 13;
        Assert.Equal(1, second.Wait(TimeSpan.FromSeconds(5)));
        int length = syns.TryRead(frame);
        Assert.Equal((0x02, 0), (frame[flags] & 0x3f, tun.TryRead(new byte[TunDevice.MaxFrameBytes])));

        Assert.True(syns.TryWrite(TcpAnswer.ToSyn(frame.AsSpan(0, length), headerBytes)));
        Assert.Equal(1, first.Wait(TimeSpan.FromSeconds(5)));
        Assert.True(tun.TryRead(frame) > 0);
        Assert.Equal((0x10, 0), (frame[flags] & 0x17, syns.TryRead(frame)));
        client.GetAwaiter().GetResult();
        TestNamespace.Shell($"ip netns exec {space.Name} ping -c 1 -W 0.2 {address} || true");
        Assert.Equal((1, 0), (first.Wait(TimeSpan.FromSeconds(5)), syns.TryRead(frame)));
    });

    [Fact]
    public void TryWrite_InterfaceDown_IsADropNotAnError() => In(_ =>
    {
        using TunDevice tun = TunDevice.Open("halvs0");
        Assert.False(tun.TryWrite(new byte[TunDevice.HeaderBytes + 20]));
    });

    [Fact]
    public void Open_NameInUse_SaysSo() => In(_ =>
    {
        using TunDevice first = TunDevice.Open("halvs0");
        LinuxException error = Assert.Throws<LinuxException>(() => TunDevice.Open("halvs0"));
        Assert.Contains("Another process holds halvs0", error.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Open_NameOfAnotherKind_SaysSo() => In(_ =>
    {
        LinuxException error = Assert.Throws<LinuxException>(() => TunDevice.Open("e0"));
        Assert.Contains("another kind", error.Message, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("")]
    [InlineData("a-name-of-16-byt")]
    public void Open_ImpossibleName_SaysSo(string name) =>
        Assert.Contains("1 to 15 bytes", Assert.Throws<LinuxException>(() => TunDevice.Open(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void Dispose_Always_TakesTheInterfaceAlong() => In(space =>
    {
        TunDevice.Open("halvs0").Dispose();
        Assert.DoesNotContain("halvs0", space.Ip("link"), StringComparison.Ordinal);
    });

    private static void Up(TestNamespace space)
    {
        TestNamespace.Shell($"ip netns exec {space.Name} sysctl -qw net.ipv6.conf.halvs0.addr_gen_mode=1");
        space.Ip("address add 192.0.2.251/32 dev lo");
        space.Ip("link set halvs0 up");
        space.Ip("route add 192.0.2.100/32 dev halvs0 src 192.0.2.251");
        space.Ip("address add 2001:db8::251/128 dev lo nodad");
        space.Ip("-6 route add 2001:db8::100/128 dev halvs0 src 2001:db8::251");
    }

    /// <summary>Echo request to reply in place: addresses swapped, type 0, checksum up by 0x0800 (RFC 1624).</summary>
    private static Span<byte> Answer(Span<byte> frame)
    {
        Span<byte> packet = frame[TunDevice.HeaderBytes..];
        Span<byte> source = stackalloc byte[4];
        packet[12..16].CopyTo(source);
        packet[16..20].CopyTo(packet[12..]);
        source.CopyTo(packet[16..]);
        packet[20] = 0;
        int sum = BinaryPrimitives.ReadUInt16BigEndian(packet[22..]) + 0x0800;
        BinaryPrimitives.WriteUInt16BigEndian(packet[22..], (ushort)((sum & 0xFFFF) + (sum >> 16)));
        return frame;
    }

    private void In(Action<TestNamespace> test)
    {
        if (!TestNamespace.Possible(output.WriteLine))
            return;
        using TestNamespace space = new();
        space.Run(() => test(space));
    }
}
