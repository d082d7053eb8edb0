using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Packets;

/// <summary>ARP for IPv4 over Ethernet (RFC 826), in an Ethernet frame of 42 bytes (the driver pads it to 60).</summary>
public readonly record struct ArpPacket(
    bool IsReply, HardwareAddress SenderHardware, IPAddress SenderAddress, HardwareAddress TargetHardware, IPAddress TargetAddress)
{
    public const int FrameBytes = Sockets.ETH_HLEN + BodyBytes;

    private const int BodyBytes = 28;
    private const byte ProtocolAddressBytes = 4;

    /// <summary>"Who has the address? Tell the sender." Sender 0.0.0.0 is an address probe (RFC 5227), which proxy ARP leaves unanswered.</summary>
    public static ArpPacket Request(HardwareAddress senderHardware, IPAddress sender, IPAddress wanted) =>
        new(false, senderHardware, sender, default, wanted);

    /// <summary>
    /// Gratuitous: sender and target address are the same. Both forms are sent after a takeover, because some hosts update their
    /// cache only on the request form and some only on the reply form (RFC 5227 section 3; RFC 5944 section 4.6).
    /// </summary>
    public static ArpPacket Gratuitous(HardwareAddress hardware, IPAddress address, bool asReply) =>
        new(asReply, hardware, address, asReply ? HardwareAddress.Broadcast : default, address);

    /// <summary>Writes the whole frame; returns <see cref="FrameBytes"/>.</summary>
    public int WriteFrame(Span<byte> frame, HardwareAddress destination)
    {
        destination.Write(frame);
        SenderHardware.Write(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], Sockets.ETH_P_ARP);
        Span<byte> body = frame.Slice(Sockets.ETH_HLEN, BodyBytes);
        BinaryPrimitives.WriteUInt16BigEndian(body, Sockets.ARPHRD_ETHER);
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], Sockets.ETH_P_IP);
        body[4] = HardwareAddress.Bytes;
        body[5] = ProtocolAddressBytes;
        BinaryPrimitives.WriteUInt16BigEndian(body[6..], (ushort)(IsReply ? Sockets.ARPOP_REPLY : Sockets.ARPOP_REQUEST));
        SenderHardware.Write(body[8..]);
        WriteAddress(SenderAddress, body[14..18]);
        TargetHardware.Write(body[18..]);
        WriteAddress(TargetAddress, body[24..28]);
        return FrameBytes;
    }

    /// <summary>False for anything that is not a whole ARP packet for IPv4 over Ethernet.</summary>
    public static bool TryParseFrame(ReadOnlySpan<byte> frame, out ArpPacket packet)
    {
        packet = default;
        if (frame.Length < FrameBytes || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != Sockets.ETH_P_ARP)
            return false;
        ReadOnlySpan<byte> body = frame.Slice(Sockets.ETH_HLEN, BodyBytes);
        int operation = BinaryPrimitives.ReadUInt16BigEndian(body[6..]);
        if (BinaryPrimitives.ReadUInt16BigEndian(body) != Sockets.ARPHRD_ETHER || BinaryPrimitives.ReadUInt16BigEndian(body[2..]) != Sockets.ETH_P_IP
            || body[4] != HardwareAddress.Bytes || body[5] != ProtocolAddressBytes || operation is not (Sockets.ARPOP_REQUEST or Sockets.ARPOP_REPLY))
            return false;
        packet = new ArpPacket(
            operation == Sockets.ARPOP_REPLY,
            HardwareAddress.Read(body[8..]),
            new IPAddress(body[14..18]),
            HardwareAddress.Read(body[18..]),
            new IPAddress(body[24..28]));
        return true;
    }

    private static void WriteAddress(IPAddress address, Span<byte> target)
    {
        if (address.AddressFamily != AddressFamily.InterNetwork || !address.TryWriteBytes(target, out _))
            throw new ArgumentException($"{address} is not an IPv4 address; ARP knows no other.", nameof(address));
    }
}
