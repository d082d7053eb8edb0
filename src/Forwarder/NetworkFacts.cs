using HaLvs.Forwarder.Nat;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder;

/// <summary>The options and the service list as questions that the packet path asks. Immutable; made anew when one of them changes.</summary>
internal sealed class NetworkFacts
{
    private readonly AddressSet _virtual;
    private readonly AddressSet _servers;
    private readonly HashSet<(TransportProtocol Protocol, Ip Address, ushort Port)> _told;
    private readonly (Ip Network, int PrefixLength)? _inside;
    private readonly (Ip Network, int PrefixLength)? _insideV6;
    private readonly Ip? _gateway;
    private readonly Ip? _gatewayV6;
    private readonly Ip? _masqueradeV4;
    private readonly Ip? _masqueradeV6;

    /// <param name="serviceAddresses">Addresses of services count as virtual even when the options forget them.</param>
    public NetworkFacts(ForwardingCoreOptions options, IEnumerable<Ip> serviceAddresses, IReadOnlyCollection<(TransportProtocol Protocol, Ip Address, ushort Port)> servers)
    {
        _virtual = new AddressSet([.. options.VirtualAddresses, .. serviceAddresses]);
        _servers = new AddressSet(servers.Select(s => s.Address));
        _told = options.Ipvs.NatIcmpSend ? [.. servers] : [];
        _inside = options.Inside;
        _insideV6 = options.InsideV6;
        Ipvs = options.Ipvs;
        _gateway = options.Gateway;
        _gatewayV6 = options.GatewayV6;
        MasqueradePorts = PortBlock.ForVirtualAddress(options.NodeIndex, options.NodeCount);
        GatewayPorts = PortBlock.ForGateway(options.NodeIndex, options.NodeCount);
        Marks = new MarkRules(options.MarkRules);
        InternalMtu = options.InternalMtu;
        ExternalMtu = options.ExternalMtu;
        CanMasquerade = options.Masquerade && (_inside ?? _insideV6) is not null && options.VirtualAddresses.Count > 0;
        _masqueradeV4 = FirstOf(options.VirtualAddresses, v4: true);
        _masqueradeV6 = FirstOf(options.VirtualAddresses, v4: false);
    }

    public IpvsSettings Ipvs { get; }

    /// <summary>Ports for new flows of inside hosts under a virtual address, and of inside clients under the gateway address.</summary>
    public PortBlock MasqueradePorts { get; }

    public PortBlock GatewayPorts { get; }

    /// <summary>The address under which servers see this client; null: its own.</summary>
    public Ip? GatewayFor(Ip client) =>
        (client.IsV4 ? _gateway : _gatewayV6) is { } gateway && IsInside(client) && client != gateway ? gateway : null;

    public MarkRules Marks { get; }

    public int InternalMtu { get; }

    public int ExternalMtu { get; }

    public bool CanMasquerade { get; }

    public bool IsVirtual(Ip address) => _virtual.Contains(address);

    /// <summary>nat_icmp_send: a real server that sends this without a connection is told so, from the gateway address.</summary>
    public bool TellsServer(in Packet packet, out Ip from)
    {
        from = (packet.IsV6 ? _gatewayV6 : _gateway).GetValueOrDefault();
        return _told.Count > 0 && from != default && (packet.Protocol != TransportProtocol.Tcp || (packet.Flags & TcpFlags.Rst) == 0)
            && packet.SctpEvent != SctpEvent.Abort && _told.Contains((packet.Protocol, packet.Source, packet.SourcePort));
    }

    /// <summary>Clients send there: a virtual address, or one that a mark rule names, unless it is an inside host that sends.</summary>
    public bool IsFromOutside(Ip source, Ip destination) => IsVirtual(destination) || (Marks.Claim(destination) && !IsInside(source) && !_servers.Contains(source));

    /// <summary>Packets of ours that no connection explains must not leave from these: they would show inside addresses.</summary>
    public bool IsOurs(Ip address) => (CanMasquerade && IsInside(address)) || _servers.Contains(address);

    public bool Masquerades(Ip source, Ip destination) =>
        CanMasquerade && IsInside(source) && LeavesInside(source, destination) && (source.IsV4 ? _masqueradeV4 : _masqueradeV6) is not null;

    public bool LeavesInside(Ip source, Ip destination) => !IsInside(destination) && IsUnicast(destination) && source.IsV4 == destination.IsV4;

    /// <summary>The virtual address under which this inside host goes out: the first one of its family.</summary>
    public Ip MasqueradeAddressFor(Ip source) => (source.IsV4 ? _masqueradeV4 : _masqueradeV6).GetValueOrDefault();

    /// <summary>No host may send from these (RFC 1812 section 5.3.7, RFC 4291 section 2.5): nothing is answered or forwarded to them.</summary>
    public bool IsMartian(Ip source) => !IsUnicast(source) || IsVirtual(source);

    /// <summary>False when one end cannot be beyond a router: groups, link-local and unspecified addresses, loopback.</summary>
    public static bool IsRoutable(Ip source, Ip destination) => IsUnicast(source) && IsUnicast(destination);

    private static Ip? FirstOf(IReadOnlyList<Ip> addresses, bool v4)
    {
        foreach (Ip address in addresses)
        {
            if (address.IsV4 == v4)
            {
                return address;
            }
        }

        return null;
    }

    private static bool IsUnicast(Ip address) =>
        address.IsV4 ? (address.V4 >> 24) is > 0 and < 224 and not 127 : IsUnicastV6(address);

    /// <summary>Not ff00::/8, fe80::/10, :: or ::1.</summary>
    private static bool IsUnicastV6(Ip address) =>
        address.High >> 56 != 0xff && address.High >> 54 != 0x3fa && (address.High != 0 || address.Low > 1);

    private bool IsInside(Ip address) => Contains(_inside, address) || Contains(_insideV6, address);

    private static bool Contains((Ip Network, int PrefixLength)? network, Ip address)
    {
        if (network is not { } inside || address.IsV4 != inside.Network.IsV4)
        {
            return false;
        }

        int length = inside.Network.IsV4 ? inside.PrefixLength + 96 : inside.PrefixLength;
        ulong high = Mask(Math.Min(length, 64));
        ulong low = Mask(Math.Max(length - 64, 0));
        return ((address.High ^ inside.Network.High) & high) == 0 && ((address.Low ^ inside.Network.Low) & low) == 0;
    }

    private static ulong Mask(int bits) => bits == 0 ? 0 : ulong.MaxValue << (64 - bits);
}
