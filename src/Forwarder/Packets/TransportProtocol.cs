namespace HaLvs.Forwarder.Packets;

/// <summary>IANA protocol numbers.</summary>
public enum TransportProtocol : byte
{
    Icmp = 1,
    Tcp = 6,
    Udp = 17,
    IcmpV6 = 58,
    Sctp = 132,
}
