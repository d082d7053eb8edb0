namespace HaLvs.Forwarder.Packets;

/// <summary>What the pipeline knows of one frame: addresses, ports and where things stand. Filled by <see cref="PacketParser"/>; holds no bytes.</summary>
internal struct Packet
{
    /// <summary>Length of the frame, the virtio header included.</summary>
    public int FrameLength;

    /// <summary>IPv4 header, options included, and total length, in bytes.</summary>
    public int HeaderBytes;
    public int TotalBytes;

    public Ip Source;
    public Ip Destination;
    public ushort SourcePort;
    public ushort DestinationPort;

    public TransportProtocol Protocol;
    public TcpFlags Flags;
    public byte TimeToLive;
    public bool IsFragment;
    public bool DontFragment;

    /// <summary>VIRTIO_NET_HDR_F_NEEDS_CSUM: the transport checksum holds only the pseudo-header sum.</summary>
    public bool PartialChecksum;

    /// <summary>Payload bytes of each segment of a GSO super-packet; 0: not one.</summary>
    public ushort SegmentBytes;

    /// <summary>Bytes of the transport header.</summary>
    public int TransportHeaderBytes;

    public readonly int Transport => ForwardingCore.VirtioHeaderBytes + HeaderBytes;

    public readonly int TransportBytes => TotalBytes - HeaderBytes;

    /// <summary>The largest IP packet that this frame becomes on a wire.</summary>
    public readonly int WireBytes =>
        SegmentBytes == 0 ? TotalBytes : Math.Min(TotalBytes, HeaderBytes + TransportHeaderBytes + SegmentBytes);
}
