using HaLvs.Forwarder.Packets;
using HaLvs.Linux.Netlink;

namespace HaLvs.Director.Runtime;

/// <summary>The network as the kernel has it at this moment.</summary>
internal sealed class KernelNetwork : IMachineNetwork
{
    private const int SmallestNetworkBits = 30;

    public int? MtuOf(string interfaceName)
    {
        using var netlink = new Rtnetlink();
        return netlink.FindLink(interfaceName)?.MtuBytes;
    }

    public IReadOnlySet<Ip> Broadcasts()
    {
        using var netlink = new Rtnetlink();
        return netlink.Addresses()
            .Select(own => (Address: Ip.From(own.Address), own.PrefixLength))
            .Where(own => own.Address.IsV4 && own.PrefixLength is > 0 and <= SmallestNetworkBits)
            .Select(own => Ip.FromV4(own.Address.V4 | (uint.MaxValue >> own.PrefixLength)))
            .ToHashSet();
    }
}
