using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Nat;

/// <summary>Writes the IPv4 header of a packet that the core sends itself.</summary>
internal static class IpHeader
{
    public const int Bytes = 20;

    /// <summary>One more than a host's 64: the packet crosses one routing step of the director on its way out.</summary>
    public const byte TimeToLive = 65;

    private const int Ip = ForwardingCore.VirtioHeaderBytes;
    private const ushort DontFragment = 0x4000;

    /// <param name="identification">0: an atomic datagram, marked "do not fragment" (RFC 6864 section 4.1).</param>
    public static void Write(Span<byte> frame, TransportProtocol protocol, Ip source, Ip destination, int totalBytes, byte service, ushort identification)
    {
        VirtioHeader.Clear(frame);
        Span<byte> header = frame.Slice(Ip, Bytes);
        header.Clear();
        header[0] = 0x45;
        header[1] = service;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)totalBytes);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], identification);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], identification == 0 ? DontFragment : (ushort)0);
        header[8] = TimeToLive;
        header[9] = (byte)protocol;
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], source.V4);
        BinaryPrimitives.WriteUInt32BigEndian(header[16..], destination.V4);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], (ushort)~InternetChecksum.Sum(header));
    }
}
