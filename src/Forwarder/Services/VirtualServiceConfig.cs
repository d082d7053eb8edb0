using System.Collections.Immutable;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Services;

/// <summary>A virtual service as the operator wrote it, validated: what names it and how to choose a real server.</summary>
public sealed record VirtualServiceConfig(
    TransportProtocol Protocol,
    Ip Address,
    ushort Port,
    string Scheduler,
    ImmutableArray<RealServerConfig> Servers)
{
    /// <summary>0: named by protocol, address and port; see <see cref="ServiceKey"/>.</summary>
    public uint Mark { get; init; }

    public SchedulerOptions Options { get; init; }

    /// <summary>One-packet scheduling (UDP): each datagram is scheduled by itself.</summary>
    public bool OnePacket { get; init; }

    /// <summary>Null: not persistent.</summary>
    public PersistenceConfig? Persistence { get; init; }

    /// <summary>
    /// An engine given to a service that is not persistent (ipvsadm --pe without -p): kept and saved; no templates, but servers' own messages leave from
    /// the virtual address.
    /// </summary>
    public string? IdleEngine { get; init; }

    /// <summary>"ftp", "tftp" or null. An FTP service on port 21 has its helper without being told, as with the kernel's ip_vs_ftp.</summary>
    public string? Helper { get; init; }

    /// <summary>A new server's weight grows to its full value over this time; zero: at once.</summary>
    public TimeSpan SlowStart { get; init; }

    /// <summary>What happens to the connections of a server that dies or is taken away.</summary>
    public ServerLoss OnServerLoss { get; init; }

    /// <summary>A mark stands alone: protocol, port and host part of the address then mean nothing, only the address family does.</summary>
    public ServiceKey Key => Mark != 0 ? ServiceKey.OfMark(Mark, v6: !Address.IsV4) : new(Protocol, Address, Port);
}

/// <summary>Clients that come again within the time-out go to the server that they had.</summary>
/// <param name="Netmask">IPv4: the mask in host order, 0xffffffff for single clients. IPv6: the prefix length, 1 to 128.</param>
/// <param name="Engine">Persistence engine: "sip" or null.</param>
public sealed record PersistenceConfig(TimeSpan Timeout, uint Netmask, string? Engine = null);

/// <summary>A real server of a virtual service. Weight 0 is quiesced: open connections go on, no new ones come.</summary>
public sealed record RealServerConfig(Ip Address, ushort Port, int Weight)
{
    /// <summary>Connections at which no new ones come; 0: no limit.</summary>
    public uint UpperThreshold { get; init; }

    /// <summary>Connections below which they come again; 0: three quarters of the upper one.</summary>
    public uint LowerThreshold { get; init; }

    public ForwardingMethod Method { get; init; }

    /// <summary>Only with <see cref="ForwardingMethod.Tunnel"/>; null: ipip.</summary>
    public TunnelEncapsulation? Tunnel { get; init; }
}

/// <summary>Flags that ipvsadm -b gives to a scheduler; IP_VS_SVC_F_SCHED1 to 3 of include/uapi/linux/ip_vs.h.</summary>
[Flags]
public enum SchedulerOptions : byte
{
    None = 0,

    /// <summary>flag-1: sh-fallback, mh-fallback.</summary>
    Fallback = 1,

    /// <summary>flag-2: sh-port, mh-port.</summary>
    Port = 2,

    /// <summary>flag-3: no scheduler of the kernel gives it a meaning.</summary>
    Third = 4,
}

/// <summary>How packets reach a real server. Only masquerading is carried out; the others are kept and listed, and such a server gets no connections.</summary>
public enum ForwardingMethod : byte
{
    Masquerade = 0,
    Tunnel = 1,
    Route = 2,
}

public enum ServerLoss : byte
{
    /// <summary>The kernel's way (expire_nodest_conn 0): client packets are dropped silently until the server is back or the connection ends.</summary>
    Keep = 0,

    /// <summary>Both ends of a TCP connection get a reset at once, UDP flows are dropped.</summary>
    Reset = 1,
}
