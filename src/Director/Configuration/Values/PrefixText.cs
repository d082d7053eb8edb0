using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace HaLvs.Director.Configuration.Values;

/// <summary>An address with the length of its network's prefix.</summary>
internal sealed record AddressWithPrefix(IPAddress Address, int PrefixLength)
{
    public bool Contains(IPAddress other) => ((Number(Address) ^ Number(other)) & Mask) == 0;

    /// <summary>Null for an address that a host of this network can have.</summary>
    public string? NotAHost => PrefixLength >= 31 ? null
        : (Number(Address) & ~Mask) == 0 ? "the address of the network itself"
        : (Number(Address) | Mask) == uint.MaxValue ? "the broadcast address of its network"
        : null;

    private uint Mask => PrefixLength == 0 ? 0 : uint.MaxValue << (32 - PrefixLength);

    public override string ToString() => $"{Address}/{PrefixLength}";

    private static uint Number(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}

/// <summary>Addresses with "/LENGTH" (RFC 4632).</summary>
internal static class PrefixText
{
    /// <summary>"192.0.2.100/32": one address that no interface owns.</summary>
    public static Parsed<IPAddress> Virtual(string text)
    {
        Parsed<AddressWithPrefix> parsed = Parse(text, "32");
        return parsed.Value is not { } value ? Parsed.Bad<IPAddress>(parsed.Complaint!)
            : IPAddress.IsLoopback(value.Address) ? Parsed.Bad<IPAddress>($"{text} is a loopback address; write the address that clients use")
            : value.PrefixLength != 32 ? Parsed.Bad<IPAddress>($"{text} is a whole network; a virtual address is one: write \"{value.Address}/32\"")
            : value.Address;
    }

    /// <summary>"10.0.0.1/24": an address and the network of its interface.</summary>
    public static Parsed<AddressWithPrefix> Gateway(string text)
    {
        Parsed<AddressWithPrefix> parsed = Parse(text, "24");
        return parsed.Value is not { } value ? parsed
            : value.PrefixLength is < 8 or > 30 ? Parsed.Bad<AddressWithPrefix>($"{text} has the prefix length {value.PrefixLength}; write the inside network's, 8 to 30")
            : value.NotAHost is { } why ? Parsed.Bad<AddressWithPrefix>($"{text} is {why}; write a host's address in it")
            : IPAddress.IsLoopback(value.Address) ? Parsed.Bad<AddressWithPrefix>($"{text} is a loopback address; write the real servers' default route")
            : parsed;
    }

    private static Parsed<AddressWithPrefix> Parse(string text, string example)
    {
        string[] parts = text.Split('/');
        Parsed<IPAddress> address = Ipv4Text.Host(parts[0]);
        if (address.Complaint is not null)
        {
            return Parsed.Bad<AddressWithPrefix>(address.Complaint);
        }

        if (parts.Length == 1)
        {
            return Parsed.Bad<AddressWithPrefix>($"\"{text}\" has no prefix length; write \"{text}/{example}\"");
        }

        return parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= 32
            ? new AddressWithPrefix(address.Value!, length)
            : Parsed.Bad<AddressWithPrefix>($"\"{text}\" has no valid prefix length; write 0 to 32 behind the slash: \"{parts[0]}/{example}\"");
    }
}
