using System.Net;
using System.Net.Sockets;

namespace HaLvs.Director.Configuration.Values;

/// <summary>An address with the length of its network's prefix, IPv4 or IPv6.</summary>
internal sealed record AddressWithPrefix(IPAddress Address, int PrefixLength)
{
    public static AddressWithPrefix Of(IPAddress address) => new(address, address.GetAddressBytes().Length * 8);

    public bool IsV6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Length of an address of this family.</summary>
    public int Bits => IsV6 ? 128 : 32;

    public IPAddress Network => Masked(Address);

    public bool IsNetwork => Network.Equals(Address);

    /// <summary>Null for an address that a host of this network can have. In IPv6 the first is the routers' anycast address (RFC 4291 section 2.6.1).</summary>
    public string? NotAHost => PrefixLength >= Bits - 1 ? null
        : IsNetwork ? "the address of the network itself"
        : !IsV6 && Masked(Address, fill: true).Equals(Address) ? "the broadcast address of its network"
        : null;

    public bool Contains(IPAddress other) => other.AddressFamily == Address.AddressFamily && Masked(other).Equals(Network);

    public override string ToString() => $"{Address}/{PrefixLength}";

    private IPAddress Masked(IPAddress address, bool fill = false)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int bit = PrefixLength; bit < bytes.Length * 8; bit++)
        {
            byte mask = (byte)(0x80 >> (bit % 8));
            bytes[bit / 8] = (byte)(fill ? bytes[bit / 8] | mask : bytes[bit / 8] & ~mask);
        }

        return new IPAddress(bytes);
    }
}
