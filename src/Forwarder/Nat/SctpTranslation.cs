using System.Buffers.Binary;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Nat;

/// <summary>
/// SCTP has no pseudo header, so a new address alone changes nothing; a new port does, and the CRC32c is then computed anew (as the kernel does). A CRC
/// that was wrong stays as it was: the receiver is to see that the packet was damaged.
/// </summary>
internal static class SctpTranslation
{
    public static void ReplacePort(Span<byte> frame, in Packet packet, int portAt, ushort port)
    {
        Span<byte> message = frame.Slice(packet.Transport, packet.TransportBytes);
        bool changes = BinaryPrimitives.ReadUInt16BigEndian(message[portAt..]) != port;
        if (!changes && !packet.PartialChecksum)
        {
            return;
        }

        bool wasRight = packet.PartialChecksum || SctpChecksum.IsRight(message);
        BinaryPrimitives.WriteUInt16BigEndian(message[portAt..], port);
        if (wasRight)
        {
            SctpChecksum.Write(message);
        }

        if (packet.PartialChecksum)
        {
            VirtioHeader.Clear(frame);
        }
    }
}
