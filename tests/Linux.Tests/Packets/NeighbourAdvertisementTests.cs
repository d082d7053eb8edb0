using System.Net;
using HaLvs.Linux.Packets;

namespace HaLvs.Linux.Tests.Packets;

public sealed class NeighbourAdvertisementTests
{
    private static readonly HardwareAddress Own = new(0x0200_0A00_00FB);

    /// <summary>Composed by hand from RFC 4861 section 4.4.</summary>
    [Fact]
    public void WriteFrame_VirtualAddress_IsTheBytesOfTheRfc()
    {
        byte[] frame = new byte[NeighbourAdvertisement.FrameBytes];
        Assert.Equal(86, new NeighbourAdvertisement(Own, IPAddress.Parse("2001:db8::100"), IsRouter: false).WriteFrame(frame));
        Assert.Equal(
            "333300000001" + "02000A0000FB" + "86DD"
            + "6000000000203AFF" + "20010DB8000000000000000000000100" + "FF020000000000000000000000000001"
            + "8800" + "CHECKSUM" + "20000000" + "20010DB8000000000000000000000100" + "020102000A0000FB",
            Convert.ToHexString(frame).Remove(112, 4).Insert(112, "CHECKSUM"));
    }

    [Fact]
    public void WriteFrame_Any_ChecksumVerifies()
    {
        byte[] frame = new byte[NeighbourAdvertisement.FrameBytes];
        new NeighbourAdvertisement(Own, IPAddress.Parse("fd00:10::1"), IsRouter: true).WriteFrame(frame);
        Assert.Equal(0xA0, frame[58]);

        // RFC 1071: over pseudo-header and message, the sum with the checksum in it is all ones.
        byte[] summed = [.. frame[22..54], 0, 0, 0, 32, 0, 0, 0, 58, .. frame[54..]];
        ulong sum = 0;
        for (int i = 0; i < summed.Length; i += 2)
            sum += (ulong)((summed[i] << 8) | summed[i + 1]);
        Assert.Equal(0ul, sum % 0xFFFF);
    }

    [Fact]
    public void WriteFrame_Ipv4_IsRefused() => Assert.Throws<ArgumentException>(
        () => new NeighbourAdvertisement(Own, IPAddress.Parse("192.0.2.100"), false).WriteFrame(new byte[NeighbourAdvertisement.FrameBytes]));
}
