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

    public bool IsBroadcast(Ip address)
    {
        if (!address.IsV4)
        {
            return false;
        }

        using var netlink = new Rtnetlink();
        return netlink.Addresses().Any(own => own.PrefixLength is > 0 and <= SmallestNetworkBits && IsLastOf(Ip.From(own.Address).V4, own.PrefixLength, address.V4));
    }

    private static bool IsLastOf(uint network, int prefixLength, uint address) => address == (network | (uint.MaxValue >> prefixLength));
}
