using System.Buffers.Binary;
using System.Security.Cryptography;
using HaLvs.Director.Configuration;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Packets;
using HaLvs.Linux.Netlink;

namespace HaLvs.Director;

/// <summary>What the forwarding core must know of the network: from the model, and the MTUs from the interfaces themselves.</summary>
internal static class CoreOptions
{
    public static ForwardingCoreOptions Of(DirectorModel model)
    {
        NetworkModel network = model.Network;
        using var netlink = new Rtnetlink();
        return new ForwardingCoreOptions
        {
            Capacity = network.ConnectionCapacity,
            VirtualAddresses = [.. network.VirtualAddresses.Select(Ip.From)],
            Masquerade = network.Masquerade,
            Inside = network.Masquerade ? (Ip.From(network.Gateway), network.GatewayPrefixLength) : null,
            ExternalMtu = netlink.Link(network.External).MtuBytes,
            InternalMtu = netlink.Link(network.Internal).MtuBytes,
            Timeouts = model.Timeouts,
            Ipvs = model.Ipvs,
            Seed = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8)),
        };
    }
}
