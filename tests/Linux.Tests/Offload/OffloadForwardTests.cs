using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using HaLvs.Linux.Offload;
using Xunit.Abstractions;

namespace HaLvs.Linux.Tests.Offload;

/// <summary>Real sockets through real interfaces.</summary>
public sealed class OffloadForwardTests(ITestOutputHelper output)
{
    private const int Megabytes = 32;

    [Theory]
    [InlineData(OffloadMode.Tc, "192.0.2.10:40001", "192.0.2.100:8080", "10.0.0.2:8080")]
    [InlineData(OffloadMode.Tc, "[2001:db8::10]:40001", "[2001:db8::100]:8080", "[fd00::2]:8080")]
    [InlineData(OffloadMode.Xdp, "192.0.2.10:40001", "192.0.2.100:8080", "10.0.0.2:8080")]
    [InlineData(OffloadMode.Xdp, "[2001:db8::10]:40001", "[2001:db8::100]:8080", "[fd00::2]:8080")]
    public async Task Tcp_BothWaysThroughTheProgram_IsByteExact(OffloadMode mode, string client, string vip, string server)
    {
        if (!OffloadNetwork.Possible(output.WriteLine))
            return;
        using OffloadNetwork network = new();
        network.Attach(mode);
        OffloadOutcome[] outcome = new OffloadOutcome[1];
        Assert.Equal(1, network.Program.Insert([OffloadBench.Flow(Frame.Tcp, 7, client, vip, client, server)], outcome));

        using Socket listener = network.ServerSocket(server, SocketType.Stream);
        listener.Listen();
        Task<byte[]> echoed = Task.Run(() => EchoAll(listener));
        byte[] sent = RandomNumberGenerator.GetBytes(Megabytes << 20);
        using Socket socket = network.ClientSocket(client, SocketType.Stream);
        Timeouts(socket).Connect(IPEndPoint.Parse(vip));
        Task<byte[]> received = Task.Run(() => ReceiveAll(socket));
        SendAll(socket, sent);
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(Digest(sent), await received);
        Assert.Equal(Digest(sent), await echoed);

        OffloadStatistics statistics = network.Program.Statistics();
        OffloadTraffic traffic = network.Program.Traffic[7];
        long slow = network.SlowPackets();
        output.WriteLine($"{mode}: {statistics.Forwarded} packets by the program, {slow} by the kernel's forwarding");
        Assert.InRange(slow, 3, 12); // SYN, SYN ACK, both FINs with what stands beside them.
        // The last segment may carry data beside its FIN, which takes the user path: at most one super-packet.
        ulong least = (ulong)sent.Length - ushort.MaxValue;
        Assert.True(traffic.BytesFromOutside >= least && traffic.BytesFromInside >= least, $"{traffic.BytesFromOutside} and {traffic.BytesFromInside} of {sent.Length} bytes");
        Assert.Equal(statistics.Forwarded, (ulong)traffic.PacketsFromOutside + traffic.PacketsFromInside);
        Assert.Equal(0ul, statistics[OffloadReason.Failed]);
    }

    [Theory]
    [InlineData(OffloadMode.Tc, "192.0.2.10:40001", "192.0.2.100:8080", "10.0.0.2:8080")]
    [InlineData(OffloadMode.Tc, "[2001:db8::10]:40001", "[2001:db8::100]:8080", "[fd00::2]:8080")]
    [InlineData(OffloadMode.Xdp, "192.0.2.10:40001", "192.0.2.100:8080", "10.0.0.2:8080")]
    [InlineData(OffloadMode.Xdp, "[2001:db8::10]:40001", "[2001:db8::100]:8080", "[fd00::2]:8080")]
    public void Udp_BothWaysThroughTheProgram_Arrives(OffloadMode mode, string client, string vip, string server)
    {
        if (!OffloadNetwork.Possible(output.WriteLine))
            return;
        using OffloadNetwork network = new();
        network.Attach(mode);
        Assert.Equal(1, network.Program.Insert([OffloadBench.Flow(Frame.Udp, 7, client, vip, client, server)], new OffloadOutcome[1]));
        using Socket answering = Timeouts(network.ServerSocket(server, SocketType.Dgram));
        using Socket socket = Timeouts(network.ClientSocket(client, SocketType.Dgram));
        socket.Connect(IPEndPoint.Parse(vip));
        byte[] buffer = new byte[2000];
        for (int bytes = 1; bytes < 1440; bytes += 37)
        {
            byte[] datagram = RandomNumberGenerator.GetBytes(bytes);
            socket.Send(datagram);
            EndPoint from = new IPEndPoint(answering.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
            int length = answering.ReceiveFrom(buffer, ref from);
            Assert.Equal(IPEndPoint.Parse(client), from);
            answering.SendTo(buffer.AsSpan(0, length), SocketFlags.None, from);
            length = socket.Receive(buffer);
            Assert.Equal(datagram, buffer[..length]);
        }

        Assert.Equal(0, network.SlowPackets());
    }

    /// <summary>The lease ends: the kernel's own forwarding carries on, and the connection does not notice.</summary>
    [Fact]
    public async Task Tcp_LeaseEndsInMidStream_GoesOnByTheUserPath()
    {
        if (!OffloadNetwork.Possible(output.WriteLine))
            return;
        using OffloadNetwork network = new();
        network.Attach(OffloadMode.Tc);
        Assert.Equal(1, network.Program.Insert(
            [OffloadBench.Flow(Frame.Tcp, 7, "192.0.2.10:40001", "192.0.2.100:8080", "192.0.2.10:40001", "10.0.0.2:8080")], new OffloadOutcome[1]));
        using Socket listener = network.ServerSocket("10.0.0.2:8080", SocketType.Stream);
        listener.Listen();
        Task<byte[]> echoed = Task.Run(() => EchoAll(listener));
        using Socket socket = network.ClientSocket("192.0.2.10:40001", SocketType.Stream);
        Timeouts(socket).Connect(IPEndPoint.Parse("192.0.2.100:8080"));
        byte[] part = RandomNumberGenerator.GetBytes(1 << 20);
        Task<byte[]> received = Task.Run(() => ReceiveAll(socket));
        SendAll(socket, part);
        network.Program.Stop();
        ulong forwarded = network.Program.Statistics().Forwarded;
        SendAll(socket, part);
        socket.Shutdown(SocketShutdown.Send);
        byte[] expected = Digest([.. part, .. part]);
        Assert.Equal(expected, await received);
        Assert.Equal(expected, await echoed);
        Assert.Equal(forwarded, network.Program.Statistics().Forwarded);
        Assert.True(forwarded > 0 && network.SlowPackets() > 10);
    }

    /// <summary>The digest of all that came, after all of it was sent back.</summary>
    private static byte[] EchoAll(Socket listener)
    {
        using Socket accepted = Timeouts(listener.Accept());
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        for (int length = accepted.Receive(buffer); length > 0; length = accepted.Receive(buffer))
        {
            hash.AppendData(buffer, 0, length);
            SendAll(accepted, buffer.AsSpan(0, length));
        }

        accepted.Shutdown(SocketShutdown.Send);
        return hash.GetHashAndReset();
    }

    private static byte[] ReceiveAll(Socket socket)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        for (int length = socket.Receive(buffer); length > 0; length = socket.Receive(buffer))
            hash.AppendData(buffer, 0, length);
        return hash.GetHashAndReset();
    }

    private static void SendAll(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[socket.Send(bytes)..];
    }

    private static byte[] Digest(byte[] bytes) => SHA256.HashData(bytes);

    private static Socket Timeouts(Socket socket)
    {
        socket.SendTimeout = socket.ReceiveTimeout = 20_000;
        return socket;
    }
}
