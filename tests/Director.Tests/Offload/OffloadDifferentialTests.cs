using System.Buffers.Binary;
using System.Globalization;
using HaLvs.Linux.Offload;
using HaLvs.Linux.Tests.Offload;
using Xunit.Abstractions;

namespace HaLvs.Director.Tests.Offload;

/// <summary>
/// The same packets through the forwarding core and through both entry points of the program: where the program forwards, the core forwards the same bytes.
/// HALVS_DIFFERENTIAL_PACKETS and HALVS_DIFFERENTIAL_SEED ask for more, or others.
/// </summary>
public sealed class OffloadDifferentialTests(ITestOutputHelper output)
{
    private const int Ethernet = 14;
    private const byte GsoTcp4 = 1;
    private const byte GsoTcp6 = 4;
    private int _both;
    private int _coreAlone;
    private int _neither;

    [Fact]
    public void RandomPackets_ThroughCoreAndProgram_AreTheSameBytes()
    {
        if (!Possible())
            return;
        int packets = Number("HALVS_DIFFERENTIAL_PACKETS", 120_000);
        int seed = Number("HALVS_DIFFERENTIAL_SEED", 1);
        using OffloadMirror mirror = new();
        mirror.Director.Service("192.0.2.100:80/tcp", "wlc", "10.0.0.2:8080", "10.0.0.3:80").Service("192.0.2.100:53/udp", "rr", "10.0.0.2:53", "10.0.0.3:5353")
            .Service("192.0.2.100:3868/sctp", "rr", "10.0.0.2:3868", "10.0.0.3:3869").Service("[2001:db8::100]:80/tcp", "wlc", "[fd00::2]:8080", "[fd00::3]:80")
            .Service("[2001:db8::100]:53/udp", "rr", "[fd00::2]:53", "[fd00::3]:5353").Service("[2001:db8::100]:3868/sctp", "rr", "[fd00::2]:3868");
        OffloadTraffic traffic = new(mirror, seed);
        for (int i = 0; i < packets; i++)
        {
            byte[] packet = traffic.Next();
            if (Both(mirror, packet, traffic.SegmentBytes, $"seed {seed}, packet {i}") is not { } left)
                continue;
            foreach (byte[] answer in OffloadTraffic.Answers(packet, left))
                Both(mirror, answer, 0, $"seed {seed}, answer to packet {i}");
        }

        Report(mirror, seed);
        Assert.True(_both > packets / 3, $"{_both} of {packets} packets were forwarded by both");
        Assert.All(
            Enum.GetValues<OffloadReason>().Except([OffloadReason.Failed, OffloadReason.NoLease, OffloadReason.Vlan, OffloadReason.NotIp, OffloadReason.NotOurs, OffloadReason.NoNextHop]),
            reason => Assert.True(mirror.Statistics[reason] > 0, $"{reason} did not occur"));
        Assert.Equal(0ul, mirror.Statistics[OffloadReason.Failed]);
    }

    private byte[]? Both(OffloadMirror mirror, byte[] packet, ushort segmentBytes, string where)
    {
        byte[] frame = [.. new byte[12], .. packet[0] >> 4 == 6 ? (byte[])[0x86, 0xdd] : [0x08, 0x00], .. packet];
        byte[]? byTc = Run(mirror.Tc, frame, segmentBytes);
        byte[]? byXdp = segmentBytes == 0 ? Run(mirror.Xdp, frame, 0) : byTc;
        mirror.Director.Virtio = Virtio(packet, segmentBytes);
        byte[]? byCore = mirror.Director.Send(packet);
        mirror.Follow();
        if (byTc is not null || byXdp is not null)
        {
            string core = byCore is null ? "nothing" : Convert.ToHexString(byCore);
            Assert.True(byTc is not null && byXdp is not null, $"{where}: one entry point only forwards {Convert.ToHexString(packet)}");
            Assert.True(Convert.ToHexString(byTc) == core, $"{where}: {Convert.ToHexString(packet)}\ncore {core}\ntc   {Convert.ToHexString(byTc)}");
            Assert.True(Convert.ToHexString(byXdp) == core, $"{where}: {Convert.ToHexString(packet)}\ncore {core}\nxdp  {Convert.ToHexString(byXdp)}");
            _both++;
        }
        else if (byCore is null)
        {
            _neither++;
        }
        else
        {
            _coreAlone++;
        }

        return byCore;
    }

    private static byte[]? Run(ProgramTrial trial, byte[] frame, ushort segmentBytes)
    {
        // The kernel makes no packet of a trial that is shorter than the IP header which its type promises.
        if (frame.Length < Ethernet + (frame[12] == 0x86 ? 40 : 20))
            return null;
        ReadOnlySpan<byte> left = trial.Run(frame, out bool forwarded, segmentBytes);
        return forwarded ? left[Ethernet..].ToArray() : null;
    }

    private static byte[] Virtio(byte[] packet, ushort segmentBytes)
    {
        byte[] header = new byte[HaLvs.Forwarder.ForwardingCore.VirtioHeaderBytes];
        if (segmentBytes != 0)
        {
            header[1] = packet[0] >> 4 == 6 ? GsoTcp6 : GsoTcp4;
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), segmentBytes);
        }

        return header;
    }

    private void Report(OffloadMirror mirror, int seed)
    {
        output.WriteLine($"seed {seed}: {_both} forwarded by both with the same bytes, {_coreAlone} by the core alone, {_neither} by neither; {mirror.Count} flows at the end");
        foreach (OffloadReason reason in Enum.GetValues<OffloadReason>())
            output.WriteLine($"  {reason}: {mirror.Statistics[reason]} (both entry points)");
    }

    private bool Possible()
    {
        try
        {
            OffloadProgram.Load(new OffloadLimits(1, 1, 1)).Dispose();
            return true;
        }
        catch (OffloadException refused) when (refused.Refusal is OffloadRefusal.NotBuilt or OffloadRefusal.NoLibrary or OffloadRefusal.NotPermitted)
        {
            output.WriteLine($"not run: {refused.Message}");
            return false;
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
