using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Nat;

/// <summary>Writes the IP header of a packet that the core sends itself; the addresses say of which family.</summary>
internal static class IpHeader
{
    /// <summary>One more than a host's 64: the packet crosses one routing step of the director on its way out.</summary>
    public const byte TimeToLive = 65;

    private const int Ip = ForwardingCore.VirtioHeaderBytes;
    private const ushort DontFragment = 0x4000;

    public static int BytesOf(Ip address) => address.IsV4 ? Ipv4Header.MinimumBytes : Ipv6Header.Bytes;

    /// <param name="totalBytes">Of the IP packet, its header included.</param>
    /// <param name="service">DSCP and ECN.</param>
    /// <param name="identification">IPv4: 0 is an atomic datagram, marked "do not fragment" (RFC 6864 section 4.1). IPv6 has none.</param>
    public static void Write(Span<byte> frame, TransportProtocol protocol, Ip source, Ip destination, int totalBytes, byte service, ushort identification)
    {
        VirtioHeader.Clear(frame);
        Span<byte> header = frame.Slice(Ip, BytesOf(source));
        header.Clear();
        if (!source.IsV4)
        {
            WriteV6(header, protocol, source, destination, totalBytes, service);
            return;
        }

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

    private static void WriteV6(Span<byte> header, TransportProtocol protocol, Ip source, Ip destination, int totalBytes, byte service)
    {
        header[0] = (byte)(0x60 | (service >> 4));
        header[1] = (byte)(service << 4);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)(totalBytes - Ipv6Header.Bytes));
        header[6] = (byte)protocol;
        header[7] = TimeToLive;
        WriteAddress(header[Ipv6Header.SourceAt..], source);
        WriteAddress(header[Ipv6Header.DestinationAt..], destination);
    }

    private static void WriteAddress(Span<byte> at, Ip address)
    {
        BinaryPrimitives.WriteUInt64BigEndian(at, address.High);
        BinaryPrimitives.WriteUInt64BigEndian(at[8..], address.Low);
    }
}
