using HaLvs.Director.Commands.Ipvsadm.Naming;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Commands.Ipvsadm.Parsing;

/// <summary>"host[:port]" as ipvsadm reads it, for services and servers.</summary>
/// <param name="IsV6">Written as an IPv6 address.</param>
/// <param name="Port">Null: none was written.</param>
internal readonly record struct ServiceEnd(Ip Address, bool IsV6, ushort? Port)
{
    /// <summary>
    /// IPv6 with a port stands in brackets; a word of digits is no address. Hosts and ports may be names; a port's name depends on the protocol.
    /// Null: not readable.
    /// </summary>
    public static ServiceEnd? Parse(string text, TransportProtocol protocol, INameSource names)
    {
        if (text.All(char.IsAsciiDigit))
        {
            return null;
        }

        string host = text;
        string? port = null;
        if (text[0] == '[')
        {
            int close = text.IndexOf("]:", StringComparison.Ordinal);
            if (close < 0 || text.IndexOf(']', StringComparison.Ordinal) != close)
            {
                return null;
            }

            (host, port) = (text[1..close], text[(close + 2)..]);
        }

        return InetText.Pton6(host) is { } v6 ? WithPort(v6, true, port, protocol, names) : ParseV4(host, protocol, names);
    }

    /// <summary>Brackets do not help an IPv4 address: the port behind them is not seen.</summary>
    private static ServiceEnd? ParseV4(string text, TransportProtocol protocol, INameSource names)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        uint? address = InetText.Aton(host) ?? names.AddressOf(host);
        return address is { } known ? WithPort(Ip.FromV4(known), false, colon < 0 ? null : text[(colon + 1)..], protocol, names) : null;
    }

    private static ServiceEnd? WithPort(Ip address, bool v6, string? port, TransportProtocol protocol, INameSource names)
    {
        if (port is null)
        {
            return new ServiceEnd(address, v6, null);
        }

        ushort? number = NumberText.Parse(port, 0, ushort.MaxValue) is { } written ? (ushort)written : names.PortOf(port, protocol);
        return number is { } known ? new ServiceEnd(address, v6, known) : null;
    }
}
