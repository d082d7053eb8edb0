using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace HaLvs.Linux.Packets;

/// <summary>
/// An unsolicited neighbour advertisement to all nodes (RFC 4861 sections 4.4 and 7.2.6): "this address is at this hardware address now, forget
/// another one". What gratuitous ARP is to IPv4. In an Ethernet frame of 86 bytes.
/// </summary>
/// <param name="IsRouter">As the kernel says it in its own answers: true for an address of a forwarding interface, false for a proxied one.</param>
public readonly record struct NeighbourAdvertisement(HardwareAddress Hardware, IPAddress Address, bool IsRouter)
{
    public const int FrameBytes = Interop.Sockets.ETH_HLEN + HeaderBytes + BodyBytes;

    private const int HeaderBytes = 40;
    private const int BodyBytes = 32;
    private const byte NextHeaderIcmp = 58;
    private const byte Advertisement = 136;
    private const byte RouterFlag = 0x80;
    private const byte OverrideFlag = 0x20;
    private const byte TargetHardwareOption = 2;

    /// <summary>Receivers drop what came through a router (RFC 4861 section 7.1.2).</summary>
    private const byte HopLimit = 255;

    private static readonly IPAddress AllNodes = IPAddress.Parse("ff02::1");

    /// <summary>33:33 and the last four bytes of ff02::1 (RFC 2464 section 7).</summary>
    private static readonly HardwareAddress AllNodesHardware = new(0x3333_0000_0001);

    /// <summary>Writes the whole frame; returns <see cref="FrameBytes"/>.</summary>
    public int WriteFrame(Span<byte> frame)
    {
        frame[..FrameBytes].Clear();
        AllNodesHardware.Write(frame);
        Hardware.Write(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], Interop.Sockets.ETH_P_IPV6);
        Span<byte> packet = frame[Interop.Sockets.ETH_HLEN..FrameBytes];
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], BodyBytes);
        packet[6] = NextHeaderIcmp;
        packet[7] = HopLimit;
        WriteAddress(Address, packet[8..24]);
        WriteAddress(AllNodes, packet[24..40]);
        WriteBody(packet[HeaderBytes..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[(HeaderBytes + 2)..], Checksum(packet));
        return FrameBytes;
    }

    private void WriteBody(Span<byte> body)
    {
        body[0] = Advertisement;
        body[4] = (byte)((IsRouter ? RouterFlag : 0) | OverrideFlag);
        WriteAddress(Address, body[8..24]);
        body[24] = TargetHardwareOption;
        body[25] = 1; // In units of 8 bytes.
        Hardware.Write(body[26..]);
    }

    /// <summary>RFC 8200 section 8.1: over the pseudo-header (both addresses, length, next header) and the message.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> packet)
    {
        uint sum = BodyBytes + NextHeaderIcmp;
        for (int i = 8; i < packet.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(packet[i..]);
        while (sum > 0xFFFF)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    private static void WriteAddress(IPAddress address, Span<byte> target)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || !address.TryWriteBytes(target, out _))
            throw new ArgumentException($"{address} is not an IPv6 address.", nameof(address));
    }
}
