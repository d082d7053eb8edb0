using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HaLvs.Director.Configuration.Values;

/// <summary>
/// IPv4 or IPv6 addresses of machines. IPv4 by the strict rules of <see cref="Ipv4Text"/>; IPv6 as RFC 4291 section 2.2 writes it, without a zone,
/// in brackets before a port (RFC 3986 section 3.2.2).
/// </summary>
internal static class AddressText
{
    /// <summary>An address that one machine can have and that a router forwards to.</summary>
    public static Parsed<IPAddress> Host(string text) => LooksLikeIpv6(text) ? Ipv6(text) : Ipv4Text.Host(text);

    /// <summary>"10.0.0.3:80" or "[2001:db8::3]:80".</summary>
    /// <param name="lowestPort">0 where port 0 means every port.</param>
    public static Parsed<IPEndPoint> EndPoint(string text, int lowestPort = 1)
    {
        if (!LooksLikeIpv6(text))
        {
            return Ipv4Text.EndPoint(text, lowestPort);
        }

        int close = text.IndexOf("]:", StringComparison.Ordinal);
        if (text[0] != '[' || close < 0)
        {
            return Parsed.Bad<IPEndPoint>(Unbracketed(text));
        }

        Parsed<IPAddress> address = Ipv6(text[1..close]);
        Parsed<ushort> port = Ipv4Text.Port(text[(close + 2)..], lowestPort);
        return address.Complaint is not null ? Parsed.Bad<IPEndPoint>(address.Complaint)
            : port.Complaint is not null ? Parsed.Bad<IPEndPoint>(port.Complaint)
            : new IPEndPoint(address.Value!, port.Value);
    }

    /// <summary>An end point, or an address alone (port 0) where the client's port counts.</summary>
    public static Parsed<IPEndPoint> EndPointOrHost(string text) =>
        Host(text) is { Complaint: null } host ? new IPEndPoint(host.Value!, 0) : EndPoint(text);

    /// <summary>As it is written in the file: "10.0.0.3:80", "[2001:db8::3]:80", or the address alone for port 0.</summary>
    public static string Format(IPEndPoint endPoint) =>
        endPoint.Port == 0 ? endPoint.Address.ToString() : string.Create(CultureInfo.InvariantCulture, $"{endPoint}");

    public static bool LooksLikeIpv6(string text) =>
        text.StartsWith('[') || text.IndexOf(':', StringComparison.Ordinal) != text.LastIndexOf(':');

    private static Parsed<IPAddress> Ipv6(string text)
    {
        bool plain = text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.');
        if (!plain || !IPAddress.TryParse(text, out IPAddress? address) || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return Parsed.Bad<IPAddress>($"\"{text}\" is not an IPv6 address; write it like 2001:db8::3, without brackets, zone or port");
        }

        return address.IsIPv4MappedToIPv6 ? Parsed.Bad<IPAddress>($"{text} is IPv4 in the dress of IPv6; write {address.MapToIPv4()}")
            : address.IsIPv6LinkLocal ? Parsed.Bad<IPAddress>($"{text} is a link-local address, which no router forwards; write a global or unique local one like fd00:10::3")
            : address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any)
                ? Parsed.Bad<IPAddress>($"{text} is not the address of a machine; write a unicast address like 2001:db8::3")
            : address;
    }

    private static string Unbracketed(string text)
    {
        if (Ipv6(text.Trim('[', ']')).Complaint is null)
        {
            return $"\"{text}\" has no port; write for example \"[{text.Trim('[', ']')}]:80\"";
        }

        int colon = text.LastIndexOf(':');
        return $"\"{text}\" is not ADDRESS:PORT; an IPv6 address stands in brackets: \"[{text[..colon].Trim('[', ']')}]:{text[(colon + 1)..]}\"";
    }
}
