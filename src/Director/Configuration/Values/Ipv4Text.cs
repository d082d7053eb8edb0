using System.Globalization;
using System.Net;

namespace HaLvs.Director.Configuration.Values;

/// <summary>
/// IPv4 as four decimal numbers. The system parser also takes 10.1 and 010.0.0.1 (octal, another machine than it looks): here these are errors.
/// </summary>
internal static class Ipv4Text
{
    /// <summary>An address that one machine can have.</summary>
    public static Parsed<IPAddress> Host(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(text, out _))
        {
            return Parsed.Bad<IPAddress>($"\"{text}\" is IPv6, and this key takes IPv4; write an address like 10.0.0.3");
        }

        return Bytes(text) is not { } bytes
            ? Parsed.Bad<IPAddress>($"\"{text}\" is not an IPv4 address; write four numbers from 0 to 255 like 10.0.0.3")
            : bytes[0] is 0 or >= 224
                ? Parsed.Bad<IPAddress>($"{text} is not the address of a machine; write a unicast address like 10.0.0.3")
                : new IPAddress(bytes);
    }

    /// <summary>"10.0.0.3:80".</summary>
    public static Parsed<IPEndPoint> EndPoint(string text) => EndPoint(text, 1);

    /// <param name="lowestPort">0 where port 0 means every port.</param>
    public static Parsed<IPEndPoint> EndPoint(string text, int lowestPort)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0 || text.IndexOf(':', StringComparison.Ordinal) != colon)
        {
            return Bytes(text) is null
                ? Parsed.Bad<IPEndPoint>($"\"{text}\" is not ADDRESS:PORT; write for example 10.0.0.3:80")
                : Parsed.Bad<IPEndPoint>($"\"{text}\" has no port; write for example \"{text}:80\"");
        }

        Parsed<IPAddress> address = Host(text[..colon]);
        Parsed<ushort> port = Port(text[(colon + 1)..], lowestPort);
        return address.Complaint is not null ? Parsed.Bad<IPEndPoint>(address.Complaint)
            : port.Complaint is not null ? Parsed.Bad<IPEndPoint>(port.Complaint)
            : new IPEndPoint(address.Value!, port.Value);
    }

    public static Parsed<ushort> Port(string text, int lowest = 1) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port >= lowest
            ? port
            : Parsed.Bad<ushort>($"\"{text}\" is not a port; write a number from {lowest} to 65535");

    /// <summary>Decimal, without leading zeros; null when the text is no such number.</summary>
    public static byte[]? Bytes(string text)
    {
        string[] parts = text.Split('.');
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++)
        {
            if (parts.Length != 4 || parts[i] is not { Length: 1 or 2 or 3 } part || (part.Length > 1 && part[0] == '0')
                || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
            {
                return null;
            }
        }

        return bytes;
    }
}
