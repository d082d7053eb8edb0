namespace HaLvs.Forwarder.Packets;

/// <summary>A network: all addresses that share the first bits of one. Bits of <paramref name="Network"/> behind the prefix mean nothing.</summary>
/// <param name="Length">0 to 32 for IPv4, 0 to 128 for IPv6.</param>
public readonly record struct IpPrefix(Ip Network, int Length)
{
    private const int MappedBits = 96;

    /// <summary>True for addresses of the network; those of the other family never are.</summary>
    public bool Contains(Ip address)
    {
        if (address.IsV4 != Network.IsV4)
        {
            return false;
        }

        int bits = Network.IsV4 ? Length + MappedBits : Length;
        ulong high = Mask(Math.Min(bits, 64));
        ulong low = Mask(Math.Max(bits - 64, 0));
        return ((address.High ^ Network.High) & high) == 0 && ((address.Low ^ Network.Low) & low) == 0;
    }

    /// <summary>The address with the bits behind the prefix cleared.</summary>
    public static Ip Cut(Ip address, int length)
    {
        int bits = address.IsV4 ? length + MappedBits : length;
        return new Ip(address.High & Mask(Math.Min(bits, 64)), address.Low & Mask(Math.Max(bits - 64, 0)));
    }

    public override string ToString() => $"{Network}/{Length}";

    private static ulong Mask(int bits) => bits == 0 ? 0 : ulong.MaxValue << (64 - bits);
}
