namespace HaLvs.Forwarder.Packets;

/// <summary>What the pipeline knows of one frame: addresses, ports and where things stand. Filled by <see cref="PacketParser"/>; holds no bytes.</summary>
internal struct Packet
{
    /// <summary>Length of the frame, the virtio header included.</summary>
    public int FrameLength;

    /// <summary>IP header with options or extension headers, and the length of the whole IP packet, in bytes.</summary>
    public int HeaderBytes;
    public int TotalBytes;

    public Ip Source;
    public Ip Destination;
    public ushort SourcePort;
    public ushort DestinationPort;

    public TransportProtocol Protocol;
    public TcpFlags Flags;

    /// <summary>What the first chunks of an SCTP packet ask for.</summary>
    public SctpEvent SctpEvent;

    /// <summary>SCTP (RFC 9260 sections 3.1, 3.3.2, 3.3.3): of the common header, and the one that an INIT or INIT ACK tells; 0: none.</summary>
    public uint VerificationTag;
    public uint InitiateTag;

    /// <summary>The T bit of an ABORT or SHUTDOWN COMPLETE: the verification tag is its sender's own, sent back (section 8.5.1).</summary>
    public bool SctpReflected;

    /// <summary>Time to live, or hop limit.</summary>
    public byte TimeToLive;

    public bool IsV6;

    /// <summary>One of several pieces; an atomic fragment (RFC 6946) is none.</summary>
    public bool IsFragment;
    public bool MoreFragments;
    public ushort FragmentOffsetBytes;
    public uint FragmentIdentification;

    /// <summary>IPv6: always, no router splits a packet.</summary>
    public bool DontFragment;

    /// <summary>VIRTIO_NET_HDR_F_NEEDS_CSUM: the transport checksum holds only the pseudo-header sum.</summary>
    public bool PartialChecksum;

    /// <summary>Payload bytes of each segment of a GSO super-packet; 0: not one.</summary>
    public ushort SegmentBytes;

    /// <summary>IPv6: offset in the packet of the byte that names the transport protocol.</summary>
    public ushort NextHeaderAt;

    /// <summary>Bytes of the transport header.</summary>
    public int TransportHeaderBytes;

    /// <summary>TCP (RFC 9293 section 3.1); the window as it stands in the header, not scaled.</summary>
    public uint Sequence;
    public uint Acknowledgement;
    public ushort Window;

    public readonly int Transport => ForwardingCore.VirtioHeaderBytes + HeaderBytes;

    public readonly int TransportBytes => TotalBytes - HeaderBytes;

    public readonly bool IsFirstFragment => IsFragment && FragmentOffsetBytes == 0;

    /// <summary>ICMP of the packet's own family.</summary>
    public readonly bool IsIcmp => Protocol == (IsV6 ? TransportProtocol.IcmpV6 : TransportProtocol.Icmp);

    public readonly bool HasPorts => Protocol is TransportProtocol.Tcp or TransportProtocol.Udp or TransportProtocol.Sctp;

    /// <summary>The largest IP packet that this frame becomes on a wire.</summary>
    public readonly int WireBytes =>
        SegmentBytes == 0 ? TotalBytes : Math.Min(TotalBytes, HeaderBytes + TransportHeaderBytes + SegmentBytes);
}
