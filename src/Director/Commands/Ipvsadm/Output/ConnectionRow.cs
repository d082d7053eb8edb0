using System.Globalization;
using HaLvs.Director.Commands.Ipvsadm.Naming;
using HaLvs.Director.Control;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Commands.Ipvsadm.Output;

/// <summary>ipvsadm -L -c: connections and templates of services. A server's own outbound flows are not IPVS's; halvs connections shows them.</summary>
internal sealed class ConnectionRow(INameSource names, ListingFormat format)
{
    /// <summary>The only engine that gives templates data.</summary>
    private const string Engine = "sip";

    public string Heading { get; } = "IPVS connection entries\n" + (format.HasFlag(ListingFormat.PersistentConnections)
        ? "pro expire state       source             virtual            destination        pe name          pe_data\n"
        : "pro expire state       source             virtual            destination\n");

    /// <summary>Empty for what ipvsadm does not list.</summary>
    public string Render(in ConnectionRecord record)
    {
        if (record.Kind == ConnectionKind.Masquerade)
        {
            return "";
        }

        uint seconds = record.RemainingMilliseconds / 1000;
        string expires = string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:00}:{seconds % 60:00}");
        string row = $"{Protocol(record.Protocol),-3} {expires,-6} {Words.Of(record.State),-11} {End(record, record.Client, record.ClientPort),-18} "
            + $"{End(record, Virtual(record), record.VirtualPort),-18} ";
        string server = End(record, record.Server, record.ServerPort);
        bool shown = record.CallId is not null && format.HasFlag(ListingFormat.PersistentConnections);
        return row + (shown ? $"{server,-16} {Engine,-18} {record.CallId}\n" : $"{server}\n"); // Not the widths of the heading: ipvsadm's.
    }

    private string End(in ConnectionRecord record, Ip address, ushort port) => EndText.Of(address, port, record.Protocol, names, format);

    private static string Protocol(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => "TCP",
        TransportProtocol.Udp => "UDP",
        TransportProtocol.Sctp => "SCTP",
        TransportProtocol.Icmp => "ICMP",
        TransportProtocol.IcmpV6 => "ICMPv6",
        _ => "IP",
    };

    /// <summary>A template of a mark has the mark in the address's first word.</summary>
    private static Ip Virtual(in ConnectionRecord record)
    {
        if (record.Kind != ConnectionKind.Template || record.Mark == 0)
        {
            return record.Virtual;
        }

        return record.Client.IsV4 ? Ip.FromV4(record.Mark) : new Ip((ulong)record.Mark << 32, 0);
    }
}
