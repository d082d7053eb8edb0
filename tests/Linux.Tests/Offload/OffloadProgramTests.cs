using System.Net;
using HaLvs.Linux.Offload;
using HaLvs.Linux.Packets;
using Xunit.Abstractions;

namespace HaLvs.Linux.Tests.Offload;

/// <summary>Packets as a table through both entry points: what leaves is compared with a packet built anew.</summary>
public sealed class OffloadProgramTests(ITestOutputHelper output)
{
    private static readonly OffloadMode[] Modes = [OffloadMode.Tc, OffloadMode.Xdp];

    /// <summary>client, virtual address, client as the server sees it, server.</summary>
    public static TheoryData<byte, string, string, string, string> Rewrites => new()
    {
        { Frame.Tcp, "198.51.100.7:40001", "192.0.2.100:80", "198.51.100.7:40001", "10.0.0.2:8080" },
        { Frame.Tcp, "198.51.100.7:40001", "192.0.2.100:80", "198.51.100.7:40001", "10.0.0.2:80" },
        { Frame.Tcp, "10.0.0.9:40001", "192.0.2.100:80", "10.0.0.1:61000", "10.0.0.2:8080" },
        { Frame.Udp, "198.51.100.7:5353", "192.0.2.100:53", "198.51.100.7:5353", "10.0.0.3:5300" },
        { Frame.Udp, "10.0.0.9:5353", "192.0.2.100:53", "10.0.0.1:61001", "10.0.0.3:53" },
        { Frame.Sctp, "198.51.100.7:7", "192.0.2.100:7", "198.51.100.7:7", "10.0.0.3:7" },
        { Frame.Tcp, "[2001:db8:1::7]:40001", "[2001:db8::100]:80", "[2001:db8:1::7]:40001", "[fd00::2]:8080" },
        { Frame.Udp, "[fd00::9]:5353", "[2001:db8::100]:53", "[fd00::1]:61001", "[fd00::3]:53" },
        { Frame.Sctp, "[2001:db8:1::7]:7", "[2001:db8::100]:7", "[2001:db8:1::7]:7", "[fd00::3]:7" },
    };

    [Theory]
    [MemberData(nameof(Rewrites))]
    public void Run_PacketOfAFlow_LeavesAsBuiltAnew(byte protocol, string client, string vip, string seenClient, string server)
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        using OffloadBench bench = new();
        OffloadFlow flow = OffloadBench.Flow(protocol, 5, client, vip, seenClient, server);
        Assert.Equal(OffloadOutcome.Inserted, bench.Insert(in flow));
        foreach (OffloadMode mode in Modes)
        {
            for (int bytes = 4; bytes < 1400; bytes += 93)
            {
                byte[] body = Body(bytes);
                Check(bench[mode], protocol, (client, vip), (seenClient, server), body, OffloadBench.ServerMac, OffloadBench.OwnInside);
                Check(bench[mode], protocol, (server, seenClient), (vip, client), body, OffloadBench.ClientMac, OffloadBench.OwnOutside);
            }
        }

        Assert.Equal(1, bench.Program.Remove([flow]));
        bench[OffloadMode.Tc].Run(Frame.Build(protocol, IPEndPoint.Parse(client), IPEndPoint.Parse(vip), Body(8)), out bool forwarded);
        Assert.False(forwarded);
    }

    private static void Check(
        ProgramTrial trial, byte protocol, (string From, string To) arrives, (string From, string To) leaves, byte[] body, HardwareAddress to, HardwareAddress own)
    {
        byte[] macs = new byte[12];
        to.Write(macs);
        own.Write(macs.AsSpan(6));
        byte[] frame = Frame.Build(protocol, IPEndPoint.Parse(arrives.From), IPEndPoint.Parse(arrives.To), body, ttl: 64);
        byte[] expected = Frame.Build(protocol, IPEndPoint.Parse(leaves.From), IPEndPoint.Parse(leaves.To), body, ttl: 63, macs: macs);
        ReadOnlySpan<byte> actual = trial.Run(frame, out bool forwarded);
        Assert.True(forwarded);
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(actual));
    }

    /// <summary>Begins like a DATA chunk; everything else is arbitrary.</summary>
    private static byte[] Body(int bytes)
    {
        byte[] body = new byte[bytes];
        new Random(bytes).NextBytes(body);
        body[0] = 0;
        return body;
    }
}
