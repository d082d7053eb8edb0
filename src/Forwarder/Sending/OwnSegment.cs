using System.Buffers.Binary;
using HaLvs.Forwarder.Nat;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Sending;

/// <summary>A TCP segment that the core sends in somebody's name, without data.</summary>
internal readonly ref struct OwnSegment
{
    private const int HeaderBytes = 20;

    /// <summary>Largest frame that <see cref="Write"/> makes.</summary>
    public const int LargestFrame = ForwardingCore.VirtioHeaderBytes + Ipv6Header.Bytes + 60;

    public required Ip From { get; init; }

    public required ushort FromPort { get; init; }

    public required Ip To { get; init; }

    public required ushort ToPort { get; init; }

    public uint Sequence { get; init; }

    public uint Acknowledgement { get; init; }

    public ushort Window { get; init; }

    public TcpFlags Flags { get; init; }

    /// <summary>Multiple of four bytes, up to forty.</summary>
    public ReadOnlySpan<byte> Options { get; init; }

    /// <summary>Length of the frame, 0 where <paramref name="frame"/> has no room for it; complete checksums.</summary>
    public int Write(Span<byte> frame)
    {
        int ipBytes = IpHeader.BytesOf(From);
        int tcpBytes = HeaderBytes + Options.Length;
        if (frame.Length < ForwardingCore.VirtioHeaderBytes + ipBytes + tcpBytes)
        {
            return 0;
        }

        IpHeader.Write(frame, TransportProtocol.Tcp, From, To, ipBytes + tcpBytes, 0, 0);
        Span<byte> tcp = frame.Slice(ForwardingCore.VirtioHeaderBytes + ipBytes, tcpBytes);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, FromPort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], ToPort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], (Flags & TcpFlags.Ack) != 0 ? Acknowledgement : 0);
        tcp[12] = (byte)(tcpBytes / 4 << 4);
        tcp[13] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], Window);
        tcp.Slice(16, 4).Clear();
        Options.CopyTo(tcp[HeaderBytes..]);
        ulong pseudo = InternetChecksum.PseudoHeader(frame, TransportProtocol.Tcp, tcpBytes);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], (ushort)~InternetChecksum.Sum(tcp, pseudo));
        return ForwardingCore.VirtioHeaderBytes + ipBytes + tcpBytes;
    }
}
