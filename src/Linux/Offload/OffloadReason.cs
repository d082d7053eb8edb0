using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Offload;

/// <summary>What the program did with packets: forwarded, or why it left them to the user path. Values of enum nat_reason.</summary>
public enum OffloadReason
{
    Forwarded = OffloadAbi.NAT_FORWARDED,
    NoLease = OffloadAbi.NAT_NO_LEASE,

    /// <summary>Another host's frame, an interface that is not served, or an answer from outside.</summary>
    NotOurs = OffloadAbi.NAT_NOT_OURS,
    Vlan = OffloadAbi.NAT_VLAN,
    NotIp = OffloadAbi.NAT_NOT_IP,
    BadHeader = OffloadAbi.NAT_BAD_HEADER,

    /// <summary>IPv4 options or IPv6 extension headers.</summary>
    Options = OffloadAbi.NAT_OPTIONS,
    Fragment = OffloadAbi.NAT_FRAGMENT,
    Protocol = OffloadAbi.NAT_PROTOCOL,

    /// <summary>The time to live, or hop limit, ends here.</summary>
    HopsExceeded = OffloadAbi.NAT_HOPS,

    /// <summary>SYN, FIN, RST, and SCTP chunks that change a state.</summary>
    StateChange = OffloadAbi.NAT_CONTROL,

    /// <summary>A UDP datagram without a checksum: the user path gives it one.</summary>
    NoChecksum = OffloadAbi.NAT_NO_CHECKSUM,
    NoFlow = OffloadAbi.NAT_NO_FLOW,

    /// <summary>The next hop is not known now, or XDP cannot send there.</summary>
    NoNextHop = OffloadAbi.NAT_NO_HOP,
    TooBig = OffloadAbi.NAT_TOO_BIG,

    /// <summary>Dropped: a helper of the kernel failed half-way. Never seen.</summary>
    Failed = OffloadAbi.NAT_FAILED,
}
