using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HaLvs.Director.Configuration.Values;

/// <summary>Addresses with "/LENGTH" (RFC 4632, RFC 4291 section 2.3).</summary>
internal static class PrefixText
{
    /// <summary>"192.0.2.100/32", "2001:db8::100/128": one address that no interface owns.</summary>
    public static Parsed<IPAddress> Virtual(string text)
    {
        Parsed<AddressWithPrefix> parsed = Parse(text, AddressText.Host, v6Example: 128, v4Example: 32);
        return parsed.Value is not { } value ? Parsed.Bad<IPAddress>(parsed.Complaint!)
            : IPAddress.IsLoopback(value.Address) ? Parsed.Bad<IPAddress>($"{text} is a loopback address; write the address that clients use")
            : value.PrefixLength != value.Bits ? Parsed.Bad<IPAddress>($"{text} is a whole network; a virtual address is one: write \"{value.Address}/{value.Bits}\"")
            : value.Address;
    }

    /// <summary>"10.0.0.1/24": an address and the network of its interface.</summary>
    public static Parsed<AddressWithPrefix> Gateway(string text) => Gateway(Parse(text, Ipv4Text.Host, 64, 24), text, 8, 30);

    /// <summary>"fd00:10::1/64": the same for IPv6.</summary>
    public static Parsed<AddressWithPrefix> Gateway6(string text) => AddressText.LooksLikeIpv6(text.Split('/')[0])
        ? Gateway(Parse(text, AddressText.Host, 64, 24), text, 16, 126)
        : Parsed.Bad<AddressWithPrefix>($"\"{text}\" is not an IPv6 address; write one like \"fd00:10::1/64\", and IPv4 into gateway");

    /// <summary>"198.51.100.0/24", "2001:db8::/32", or one address without a length: whose packets.</summary>
    public static Parsed<AddressWithPrefix> Network(string text)
    {
        Parsed<AddressWithPrefix> parsed = text.Contains('/', StringComparison.Ordinal)
            ? Parse(text, AnyAddress, 64, 24)
            : AddressText.Host(text) is { Complaint: null } host ? AddressWithPrefix.Of(host.Value!) : Parsed.Bad<AddressWithPrefix>(AddressText.Host(text).Complaint!);
        return parsed.Value is { } value && !value.IsNetwork
            ? Parsed.Bad<AddressWithPrefix>($"{text} has bits behind its prefix; write \"{value.Network}/{value.PrefixLength}\", or \"{value.Address}\" alone")
            : parsed;
    }

    private static Parsed<AddressWithPrefix> Gateway(Parsed<AddressWithPrefix> parsed, string text, int shortest, int longest) =>
        parsed.Value is not { } value ? parsed
            : value.PrefixLength < shortest || value.PrefixLength > longest
                ? Parsed.Bad<AddressWithPrefix>($"{text} has the prefix length {value.PrefixLength}; write the inside network's, {shortest} to {longest}")
            : value.NotAHost is { } why ? Parsed.Bad<AddressWithPrefix>($"{text} is {why}; write a host's address in it")
            : IPAddress.IsLoopback(value.Address) ? Parsed.Bad<AddressWithPrefix>($"{text} is a loopback address; write the real servers' default route")
            : parsed;

    /// <summary>Networks may begin with 0.</summary>
    private static Parsed<IPAddress> AnyAddress(string text) =>
        text == "::" ? IPAddress.IPv6Any
        : AddressText.LooksLikeIpv6(text) ? AddressText.Host(text)
        : Ipv4Text.Bytes(text) is { } bytes ? new IPAddress(bytes)
        : Parsed.Bad<IPAddress>(Ipv4Text.Host(text).Complaint!);

    private static Parsed<AddressWithPrefix> Parse(string text, Func<string, Parsed<IPAddress>> parseAddress, int v6Example, int v4Example)
    {
        string[] parts = text.Split('/');
        Parsed<IPAddress> address = parseAddress(parts[0]);
        if (address.Complaint is not null)
        {
            return Parsed.Bad<AddressWithPrefix>(address.Complaint);
        }

        (int bits, int example) = address.Value!.AddressFamily == AddressFamily.InterNetworkV6 ? (128, v6Example) : (32, v4Example);
        if (parts.Length == 1)
        {
            return Parsed.Bad<AddressWithPrefix>($"\"{text}\" has no prefix length; write \"{text}/{example}\"");
        }

        return parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= bits
            ? new AddressWithPrefix(address.Value, length)
            : Parsed.Bad<AddressWithPrefix>($"\"{text}\" has no valid prefix length; write 0 to {bits} behind the slash: \"{parts[0]}/{example}\"");
    }
}
