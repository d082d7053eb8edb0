namespace HaLvs.Forwarder.Services;

/// <summary>How a real server that is reached by a tunnel would be: kept and listed only (ForwardingMethod.Tunnel gets no connections).</summary>
/// <param name="Port">Destination port of gue; 0 for the others.</param>
public sealed record TunnelEncapsulation(TunnelType Type, ushort Port = 0, TunnelChecksum Checksum = TunnelChecksum.None);

/// <summary>Values of IP_VS_CONN_F_TUNNEL_TYPE_* (include/uapi/linux/ip_vs.h).</summary>
public enum TunnelType : byte
{
    Ipip = 0,
    Gue = 1,
    Gre = 2,
}

/// <summary>Values of IP_VS_TUNNEL_ENCAP_FLAG_*.</summary>
public enum TunnelChecksum : byte
{
    None = 0,
    Whole = 1,
    Remote = 2,
}
