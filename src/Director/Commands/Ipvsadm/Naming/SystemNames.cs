using System.Globalization;
using System.Net;
using System.Net.Sockets;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Commands.Ipvsadm.Naming;

/// <summary>
/// The hosts file (hosts(5)) and the services file (services(5)). A host name that an operator writes is looked up in the DNS too; listings are not:
/// the table of a director under stress must not wait for a name server (ADR 0016).
/// </summary>
internal sealed class SystemNames(string hostsPath, string servicesPath, bool asksDns) : INameSource
{
    private readonly Lazy<List<(Ip Address, string[] Names)>> _hosts = new(() => ReadHosts(hostsPath));
    private readonly Lazy<List<(ushort Port, string Protocol, string[] Names)>> _services = new(() => ReadServices(servicesPath));

    public static SystemNames OfThisMachine() => new("/etc/hosts", "/etc/services", asksDns: true);

    public uint? AddressOf(string host) =>
        _hosts.Value.Where(h => h.Address.IsV4 && h.Names.Contains(host, StringComparer.OrdinalIgnoreCase)).Select(h => (uint?)h.Address.V4).FirstOrDefault()
        ?? (asksDns ? AskDns(host) : null);

    public string? HostOf(Ip address) => _hosts.Value.FirstOrDefault(h => h.Address == address).Names?[0];

    public ushort? PortOf(string service, TransportProtocol protocol) => _services.Value
        .Where(s => s.Protocol == ProtocolName(protocol) && s.Names.Contains(service, StringComparer.Ordinal))
        .Select(s => (ushort?)s.Port).FirstOrDefault();

    public string? ServiceOf(ushort port, TransportProtocol protocol) =>
        _services.Value.FirstOrDefault(s => s.Port == port && s.Protocol == ProtocolName(protocol)).Names?[0];

    private static string ProtocolName(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => "tcp",
        TransportProtocol.Udp => "udp",
        TransportProtocol.Sctp => "sctp",
        _ => "",
    };

    private static uint? AskDns(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host, AddressFamily.InterNetwork) is [var first, ..] ? Ip.From(first).V4 : null;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return null;
        }
    }

    private static List<(Ip, string[])> ReadHosts(string path) =>
    [
        .. Fields(path).Where(f => f.Length > 1 && IPAddress.TryParse(f[0], out _)).Select(f => (Ip.Parse(f[0]), f[1..])),
    ];

    /// <summary>Lines of "name port/protocol alias …".</summary>
    private static List<(ushort, string, string[])> ReadServices(string path)
    {
        List<(ushort, string, string[])> services = [];
        foreach (string[] fields in Fields(path).Where(f => f.Length > 1))
        {
            string[] end = fields[1].Split('/');
            if (end.Length == 2 && ushort.TryParse(end[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            {
                services.Add((port, end[1], [fields[0], .. fields[2..]]));
            }
        }

        return services;
    }

    private static IEnumerable<string[]> Fields(string path)
    {
        string[] lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        return lines.Select(l => l.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
