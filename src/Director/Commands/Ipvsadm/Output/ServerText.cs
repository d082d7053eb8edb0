using HaLvs.Director.Commands.Ipvsadm.Naming;
using HaLvs.Director.Commands.Ipvsadm.Parsing;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Commands.Ipvsadm.Output;

/// <summary>A real server's line in each format, and its rule.</summary>
internal sealed class ServerText(INameSource names, ListingFormat format)
{
    private const int Column = 28;

    public string Line(VirtualServiceConfig service, ServerListing listing)
    {
        RealServerConfig server = listing.Server;
        string name = EndText.Of(server.Address, server.Port, ProtocolOf(service), names, format);
        return "  -> " + FixedWidth.Left(EndText.Cut(name, server.Address.IsV4, Column), Column) + Figures(server, listing);
    }

    /// <summary>Thresholds, which ipvsadm -S loses, are added where there are any (ADR 0016).</summary>
    public string Rule(string serviceOption, VirtualServiceConfig service, RealServerConfig server) =>
        $"-a {serviceOption} -r {EndText.Of(server.Address, server.Port, ProtocolOf(service), names, format)} {Switch(server.Method)} -w {FixedWidth.Number(server.Weight)}"
        + TunnelRule(server)
        + (server.UpperThreshold > 0 ? $" -x {FixedWidth.Number(server.UpperThreshold)}" : "")
        + (server.LowerThreshold > 0 ? $" -y {FixedWidth.Number(server.LowerThreshold)}" : "");

    private string Figures(RealServerConfig server, ServerListing listing)
    {
        string connections = $" {FixedWidth.Left(listing.Active, 10)} {FixedWidth.Left(listing.Inactive, 10)}";
        return FormatKind.Of(format) switch
        {
            ListingFormat.Stats => Large(listing.Totals.Connections, listing.Totals.InPackets, listing.Totals.OutPackets, listing.Totals.InBytes, listing.Totals.OutBytes),
            ListingFormat.Rate => $" {listing.Rates.Connections,8} {listing.Rates.InPackets,8} {listing.Rates.OutPackets,8}"
                + Large(listing.Rates.InBytes, listing.Rates.OutBytes),
            ListingFormat.Thresholds => $" {FixedWidth.Left(server.UpperThreshold, 10)} {FixedWidth.Left(server.LowerThreshold, 10)}{connections}",
            ListingFormat.PersistentConnections => $" {FixedWidth.Left(server.Weight, 9)} {FixedWidth.Left(listing.Persistent, 11)}{connections}",
            ListingFormat.TunnelInfo => $" {Name(server.Method),-7} {TunnelInfo(server),-13} {FixedWidth.Left(server.Weight, 6)}{connections}",
            _ => $" {Name(server.Method),-7} {FixedWidth.Left(server.Weight, 6)}{connections}",
        };
    }

    private string Large(params long[] figures) => string.Concat(figures.Select(f => FixedWidth.Large(f, format.HasFlag(ListingFormat.Exact))));

    /// <summary>A mark's service has no protocol, so its servers' ports have no names.</summary>
    private static TransportProtocol ProtocolOf(VirtualServiceConfig service) => service.Mark != 0 ? default : service.Protocol;

    private static string Name(ForwardingMethod method) => method switch
    {
        ForwardingMethod.Route => "Route",
        ForwardingMethod.Tunnel => "Tunnel",
        _ => "Masq",
    };

    private static string Switch(ForwardingMethod method) => method switch
    {
        ForwardingMethod.Route => "-g",
        ForwardingMethod.Tunnel => "-i",
        _ => "-m",
    };

    private static string TunnelInfo(RealServerConfig server)
    {
        TunnelEncapsulation tunnel = server.Tunnel ?? new TunnelEncapsulation(TunnelType.Ipip);
        string checksum = tunnel.Checksum switch { TunnelChecksum.Whole => "+c", TunnelChecksum.Remote => "r+c", _ => "-c" };
        return (server.Method, tunnel.Type) switch
        {
            (ForwardingMethod.Tunnel, TunnelType.Gue) => $"gue:{FixedWidth.Number(tunnel.Port)}:{checksum}",
            (ForwardingMethod.Tunnel, TunnelType.Gre) => $"gre:{checksum}",
            (ForwardingMethod.Tunnel, _) => "ipip",
            _ => "n/a",
        };
    }

    private static string TunnelRule(RealServerConfig server)
    {
        if (server.Method != ForwardingMethod.Tunnel)
        {
            return "";
        }

        TunnelEncapsulation tunnel = server.Tunnel ?? new TunnelEncapsulation(TunnelType.Ipip);
        string checksum = tunnel.Checksum switch { TunnelChecksum.Whole => "--tun-csum", TunnelChecksum.Remote => "--tun-remcsum", _ => "--tun-nocsum" };
        return $" --tun-type {TunnelRules.NameOf(tunnel.Type)}" + tunnel.Type switch
        {
            TunnelType.Gue => $" --tun-port {FixedWidth.Number(tunnel.Port)} {checksum}",
            TunnelType.Gre => $" {checksum}",
            _ => "",
        };
    }
}
