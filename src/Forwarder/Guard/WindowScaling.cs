using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Guard;

/// <summary>Writes a server's window in the scale that the SYN proxy promised the client (RFC 7323 section 2.3).</summary>
internal static class WindowScaling
{
    private const int WindowAt = 14;
    private const int ChecksumAt = 16;

    /// <summary>A segment from the server. A window that is open stays open: rounding never closes it.</summary>
    public static void Apply(Span<byte> frame, in Packet packet, in Flow flow)
    {
        if (packet.Protocol != TransportProtocol.Tcp || packet.Window == 0 || (packet.Flags & TcpFlags.Syn) != 0)
        {
            return;
        }

        int moved = flow.WindowShift > 0 ? Math.Max(packet.Window >> flow.WindowShift, 1) : Math.Min(packet.Window << -flow.WindowShift, ushort.MaxValue);
        Span<byte> header = frame[packet.Transport..];
        BinaryPrimitives.WriteUInt16BigEndian(header[WindowAt..], (ushort)moved);
        if (!packet.PartialChecksum)
        {
            ushort field = BinaryPrimitives.ReadUInt16BigEndian(header[ChecksumAt..]);
            uint delta = InternetChecksum.Delta(packet.Window, (ushort)moved);
            BinaryPrimitives.WriteUInt16BigEndian(header[ChecksumAt..], InternetChecksum.Update(field, delta));
        }
    }
}
