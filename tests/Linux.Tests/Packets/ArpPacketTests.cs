using System.Net;
using HaLvs.Linux.Packets;

namespace HaLvs.Linux.Tests.Packets;

public sealed class ArpPacketTests
{
    private static readonly HardwareAddress Mac = new(0x02_00_00_00_00_0A);
    private static readonly IPAddress Virtual = IPAddress.Parse("192.0.2.100");

    [Theory]
    [InlineData(false, "FFFFFFFFFFFF02000000000A08060001080006040001" + "02000000000AC0000264" + "000000000000C0000264")]
    [InlineData(true, "FFFFFFFFFFFF02000000000A08060001080006040002" + "02000000000AC0000264" + "FFFFFFFFFFFFC0000264")]
    public void WriteFrame_Gratuitous_IsTheFrameOfTheRfc(bool asReply, string expected)
    {
        byte[] frame = new byte[ArpPacket.FrameBytes];
        Assert.Equal(frame.Length, ArpPacket.Gratuitous(Mac, Virtual, asReply).WriteFrame(frame, HardwareAddress.Broadcast));
        Assert.Equal(expected, Convert.ToHexString(frame));
    }

    [Fact]
    public void TryParseFrame_OfWriteFrame_IsTheSame()
    {
        byte[] frame = new byte[ArpPacket.FrameBytes];
        ArpPacket packet = new(true, Mac, Virtual, new HardwareAddress(1), IPAddress.Parse("192.0.2.10"));
        packet.WriteFrame(frame, Mac);
        Assert.True(ArpPacket.TryParseFrame(frame, out ArpPacket parsed));
        Assert.Equal(packet, parsed);
    }

    [Fact]
    public void TryParseFrame_EveryTruncationAndFlip_NeverThrows()
    {
        byte[] frame = new byte[ArpPacket.FrameBytes];
        ArpPacket.Gratuitous(Mac, Virtual, false).WriteFrame(frame, Mac);
        for (int length = 0; length < frame.Length; length++)
            Assert.False(ArpPacket.TryParseFrame(frame.AsSpan(0, length), out _));
        for (int at = 12; at < 22; at++)
        {
            frame[at] ^= 0xFF;
            Assert.False(ArpPacket.TryParseFrame(frame, out _), $"byte {at}");
            frame[at] ^= 0xFF;
        }
    }

    [Fact]
    public void WriteFrame_IPv6Address_IsRefused() => Assert.Throws<ArgumentException>(
        () => ArpPacket.Gratuitous(Mac, IPAddress.IPv6Loopback, false).WriteFrame(new byte[64], Mac));

    [Fact]
    public void ToString_Always_ReadsLikeIp() => Assert.Equal("02:00:00:00:00:0a", Mac.ToString());
}
