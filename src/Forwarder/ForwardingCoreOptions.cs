using System.Collections.Immutable;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder;

/// <summary>What the forwarding core must know of the network. Immutable; <see cref="ForwardingCore.Configure"/> replaces it.</summary>
public sealed record ForwardingCoreOptions
{
    /// <summary>Connections at most; memory is taken once at the start.</summary>
    public int Capacity { get; init; } = 1_000_000;

    /// <summary>SIP calls at a time (docs/adr/0018): with the kernel's time-out of 360 s, 182 new ones a second. 18 MB, taken with the first SIP service.</summary>
    public int CallCapacity { get; init; } = 65_536;

    public required IReadOnlyList<Ip> VirtualAddresses { get; init; }

    /// <summary>Outbound flows of real servers leave with the first virtual address of their family as their source.</summary>
    public bool Masquerade { get; init; }

    /// <summary>Sources inside this prefix are masqueraded. Null: nothing is.</summary>
    public (Ip Network, int PrefixLength)? Inside { get; init; }

    /// <summary>
    /// The real servers' default route. Clients inside <see cref="Inside"/> (<see cref="InsideV6"/>) that reach a virtual address show this address to
    /// the server (hairpin). Null: they keep theirs.
    /// </summary>
    public Ip? Gateway { get; init; }

    public Ip? GatewayV6 { get; init; }

    /// <summary>Which of the pair's nodes this is, 0 or 1, when <see cref="NodeCount"/> is 2: each takes ports for new flows from its own half.</summary>
    public int NodeIndex { get; init; }

    public int NodeCount { get; init; } = 1;

    public SynProxyOptions SynProxy { get; init; } = new();

    public ClientLimitOptions ClientLimits { get; init; } = new();

    /// <summary>The same for IPv6, beside <see cref="Inside"/>.</summary>
    public (Ip Network, int PrefixLength)? InsideV6 { get; init; }

    /// <summary>Largest IP packet in bytes that fits towards the clients, and towards the real servers.</summary>
    public int ExternalMtu { get; init; } = 1500;

    public int InternalMtu { get; init; } = 1500;

    /// <summary>What ipvsadm --set changes; takes effect with each connection's next packet.</summary>
    public ConnectionTimeouts Timeouts { get; init; } = new();

    public IpvsSettings Ipvs { get; init; } = new();

    /// <summary>In order: the first that matches a new flow gives it its mark.</summary>
    public ImmutableArray<MarkRule> MarkRules { get; init; } = [];

    /// <summary>Seed for hash keys and port choice: chance comes in as a parameter.</summary>
    public ulong Seed { get; init; }
}
